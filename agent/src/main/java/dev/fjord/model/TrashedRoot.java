package dev.fjord.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A root in the trash, alone or with its whole instance: it stands on its image as before.
 *
 * @param folder its folder's name in the trash
 * @param record beside it; null when it could not be read, so that its image is not known
 * @param backing the image that its COW header names; null when it is no COW
 */
public record TrashedRoot(String folder, @Nullable InstanceRecord record, @Nullable Path backing) {}
