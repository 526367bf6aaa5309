package dev.fjord.trust;

/**
 * What stands at a path of a commit: anything but a folder.
 *
 * @param mode as Git has it (octal 100644, 100755, 120000, 160000)
 * @param content the object's id
 */
public record TreeEntry(int mode, String content) {}
