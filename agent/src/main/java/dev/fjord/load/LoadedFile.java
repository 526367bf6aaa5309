package dev.fjord.load;

import dev.fjord.load.document.Document;
import java.util.List;

/**
 * All that one file says by itself: a value that can be kept as long as the file does not change.
 *
 * @param label the path, fit to be printed
 * @param sound whether no fault was found in it
 * @param complete false when there may be more documents in it than could be read
 * @param bytes its length
 * @param values how many values of YAML were read from it, which is what it costs in memory
 */
record LoadedFile(
    Folder folder,
    String label,
    List<Document> documents,
    boolean sound,
    boolean complete,
    int bytes,
    int values) {
  LoadedFile {
    documents = List.copyOf(documents);
  }
}
