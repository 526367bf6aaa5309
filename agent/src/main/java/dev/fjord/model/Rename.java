package dev.fjord.model;

/**
 * What a document says of the name that its instance had before. It counts as long as an instance
 * of that name is there and has no document.
 *
 * @param owner whose both names are: nobody can rename what is another's
 */
public record Rename(Owner owner, ResourceName from, ResourceName to) {}
