package dev.fjord.model;

/**
 * The name that an instance had before, as its document states it. It counts as long as an instance
 * of that name exists and has no document.
 *
 * @param owner the owner of both names: an owner cannot rename another's instance
 */
public record Rename(Owner owner, ResourceName from, ResourceName to) {}
