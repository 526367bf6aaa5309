package dev.fjord.model;

/**
 * An instance in the trash. It keeps its user id and its leases.
 *
 * @param folder its folder's name; later ones sort after earlier ones
 */
public record TrashedInstance(String folder, InstanceRecord record) {}
