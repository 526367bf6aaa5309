package dev.fjord.load;

import dev.fjord.load.document.Part;
import dev.fjord.load.document.SettingsReader;
import dev.fjord.load.schema.SchemaCheck;
import dev.fjord.load.yaml.YamlDocument;
import dev.fjord.load.yaml.YamlFile;
import dev.fjord.load.yaml.YamlReader;
import dev.fjord.model.AgentSettings;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the agent's own settings, {@code agent.yaml}. */
public final class AgentSettingsLoader {
  private static final String SCHEMA = "agent";
  private static final String SUBJECT = "the agent's settings";

  private AgentSettingsLoader() {}

  /**
   * Reads a settings file.
   *
   * @param file its name, for locations
   * @param machineName this machine's host name, which {@code host} defaults to up to its first dot
   * @return no value where there is any problem: an agent must not run on half of its settings
   */
  public static Checked<AgentSettings> load(String file, byte[] content, String machineName) {
    String label = Printable.clause(file);
    YamlFile yaml = YamlReader.read(label, content);
    List<Problem> problems = new ArrayList<>(yaml.problems());
    List<YamlDocument> documents =
        yaml.documents().stream().filter(document -> !document.root().isNull()).toList();
    AgentSettings settings = null;
    if (documents.size() == 1) {
      settings = read(documents.get(0), machineName, problems);
    } else if (yaml.complete()) {
      problems.add(
          Problem.of(
                  "bad-document",
                  "%s holds %d documents; the settings are one".formatted(label, documents.size()))
              .hint("it has at least the field 'repository'")
              .at(Location.file(label)));
    }
    problems.sort(
        Comparator.comparing(
            Problem::location, Comparator.nullsFirst(Comparator.<Location>naturalOrder())));
    return new Checked<>(problems.isEmpty() ? settings : null, problems);
  }

  private static @Nullable AgentSettings read(
      YamlDocument document, String machineName, List<Problem> problems) {
    if (document.whole()) {
      problems.addAll(SchemaCheck.check(SCHEMA, SUBJECT, document).first());
    }
    Part root = Part.root(document.root(), document.place(), SUBJECT, problems::add);
    return SettingsReader.read(root, machineName);
  }
}
