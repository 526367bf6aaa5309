package dev.fjord.plan;

import org.jspecify.annotations.Nullable;

/**
 * One field that differs.
 *
 * @param path dotted, as in the YAML: {@code memory}, {@code volumes.storage}
 * @param from null when the field was not there
 * @param to null when the field is to be removed
 */
public record FieldChange(String path, @Nullable String from, @Nullable String to) {}
