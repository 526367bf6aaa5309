package dev.fjord.load.document;

import dev.fjord.load.schema.SchemaCheck;
import dev.fjord.load.yaml.YamlDocument;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.FirstProblems;
import dev.fjord.problem.Location;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From a tree of values to a document of a known kind. */
public final class DocumentReader {
  private static final Pattern NAME = Pattern.compile(ResourceName.PATTERN);

  private static final int MOST_PROBLEMS = 100;

  private DocumentReader() {}

  /** Reads a document whose kind is known already; its faults are added to {@code problems}. */
  public static Document read(DocumentKind kind, YamlDocument yaml, FirstProblems problems) {
    ResourceName name = name(yaml);
    String subject = name == null ? "this " + kind.written() : kind.written() + " " + name;
    FirstProblems found = new FirstProblems(MOST_PROBLEMS);
    if (yaml.whole()) {
      found.addAll(SchemaCheck.check(kind.schema(), subject, yaml));
    }
    Part root = Part.root(yaml.root(), yaml.place(), subject, found::add);
    Location where = name == null ? root.at() : root.field("metadata").field("name").at();
    Spec spec = name == null ? null : spec(kind, name, root);
    problems.addAll(found);
    return new Document(kind, name, where, spec, found.isEmpty() && yaml.whole());
  }

  private static @Nullable ResourceName name(YamlDocument yaml) {
    String name = yaml.root().path("metadata").path("name").asText("");
    return NAME.matcher(name).matches() ? new ResourceName(name) : null;
  }

  private static @Nullable Spec spec(DocumentKind kind, ResourceName name, Part root) {
    Part spec = root.field("spec");
    return switch (kind) {
      case SITE -> SiteReader.read(spec);
      case HOST -> SimpleReaders.host(name, spec);
      case KERNEL -> SimpleReaders.kernel(name, spec);
      case IMAGE -> ImageReader.read(name, spec);
      case SWITCH -> SwitchReader.read(name, spec);
      case PARTNER -> SimpleReaders.partner(name, spec);
      case INSTANCE -> InstanceReader.read(spec, root.field("metadata").field("formerly"));
    };
  }
}
