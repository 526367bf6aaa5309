package dev.fjord.load.yaml;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One document of a file.
 *
 * @param whole false when a part of it was refused (an alias, a tag): the tree then lacks something
 *     that the author sees, and faults found in it may not be the author's
 */
public record YamlDocument(JsonNode root, LocatedNode place, boolean whole) {}
