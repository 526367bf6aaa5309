package dev.fjord.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.load.document.Document;
import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.DocumentReader;
import dev.fjord.load.yaml.YamlDocument;
import dev.fjord.load.yaml.YamlFile;
import dev.fjord.load.yaml.YamlReader;
import dev.fjord.problem.FirstProblems;
import dev.fjord.problem.Location;
import dev.fjord.problem.Nearest;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one file: YAML, then each document's kind, then the document. */
final class FileReader {
  private static final int MOST_PROBLEMS = 100;

  private final Folder folder;
  private final String label;
  private final FirstProblems problems = new FirstProblems(MOST_PROBLEMS);
  private final List<Document> documents = new ArrayList<>();
  private boolean complete;
  private int values;

  private FileReader(Folder folder, String label) {
    this.folder = folder;
    this.label = label;
  }

  static Reading read(Folder folder, String path, byte[] bytes) {
    FileReader reader = new FileReader(folder, Printable.clause(path));
    reader.readAll(bytes);
    LoadedFile file =
        new LoadedFile(
            folder,
            reader.label,
            reader.documents,
            reader.problems.isEmpty(),
            reader.complete,
            bytes.length,
            reader.values);
    return new Reading(file, reader.problems);
  }

  private void readAll(byte[] bytes) {
    Wrapped wrapped = Wrapped.of(bytes);
    if (wrapped != null) {
      problems.add(wrapped.problem(label)); // What it declares is unknown, not absent.
      return;
    }
    YamlFile yaml = YamlReader.read(label, bytes);
    yaml.problems().forEach(problems::add);
    complete = yaml.complete();
    values = yaml.values();
    for (YamlDocument document : yaml.documents()) {
      if (!document.root().isNull()) {
        readOne(document);
      }
    }
  }

  private void readOne(YamlDocument yaml) {
    DocumentKind kind = yaml.root().isObject() ? kind(yaml) : notMapping(yaml);
    if (kind == null) {
      complete = false;
      return;
    }
    boolean isInPlace = kind == folder.kind();
    if (!isInPlace) {
      problems.add(misplaced(kind, yaml));
    }
    Document document = DocumentReader.read(kind, yaml, problems);
    boolean isRightlyNamed = hasRightName(document);
    complete &= document.name() != null;
    documents.add(
        document.sound() && isInPlace && isRightlyNamed
            ? document
            : new Document(kind, document.name(), document.where(), document.spec(), false));
  }

  private @Nullable DocumentKind notMapping(YamlDocument yaml) {
    problems.add(
        Problem.of("bad-document", "a document is a mapping of fields to values")
            .hint("it begins with apiVersion: fjord.dev/v1")
            .at(yaml.place().at()));
    return null;
  }

  private @Nullable DocumentKind kind(YamlDocument yaml) {
    JsonNode written = yaml.root().path("kind");
    DocumentKind kind = DocumentKind.of(written.asText()).orElse(null);
    if (kind != null) {
      return kind;
    }
    String kinds = String.join(", ", DocumentKind.allWritten());
    if (written.isMissingNode()) {
      problems.add(
          Problem.of("missing-field", "the document has no field 'kind'")
              .hint("here it is 'kind: " + folder.kind().written() + "'")
              .at(yaml.place().at()));
      return null;
    }
    String nearest = Nearest.hint(written.asText(), DocumentKind.allWritten());
    problems.add(
        Problem.of("unknown-kind", "there is no kind " + Printable.quote(written.asText()))
            .hint(nearest == null ? "the kinds are " + kinds : nearest)
            .at(yaml.place().nearest(List.of("kind")).at()));
    return null;
  }

  private Problem misplaced(DocumentKind kind, YamlDocument yaml) {
    return Problem.of(
            "wrong-place", "a document of kind " + kind.written() + " does not belong in " + label)
        .hint("it belongs in " + kind.home())
        .at(yaml.place().nearest(List.of("kind")).at());
  }

  /** The administrator's file of a partner and the partner's folder are one by their names. */
  private boolean hasRightName(Document document) {
    if (document.kind() == DocumentKind.PARTNER
        && folder.kind() == DocumentKind.PARTNER
        && document.name() != null
        && !document.name().equals(folder.partner())) {
      Location at = document.where();
      problems.add(
          Problem.of("wrong-name", "Partner " + document.name() + " does not belong in " + label)
              .hint("it belongs in " + Folder.PARTNERS + "/" + document.name() + ".yaml")
              .at(at));
      return false;
    }
    return true;
  }
}
