package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * What one folder in the trash takes of the disk.
 *
 * @param folder its name in the trash
 * @param record whose it is; null when that could not be read
 * @param volume the volume, as large as its file, when that lies there alone; null for a whole
 *     instance, or a root
 * @param bytes that the file system has given to it, holes left out
 */
public record TrashUse(
    String folder, @Nullable InstanceRecord record, @Nullable Volume volume, ByteSize bytes) {}
