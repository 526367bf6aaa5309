package dev.fjord.load.yaml;

import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads YAML 1.2 without anchors, aliases, merge keys and tags. Every failure is a problem of the
 * file; hostile input is stopped by {@link TreeBuilder}'s limits while it is read, before a tree of
 * it exists.
 */
public final class YamlReader {
  private YamlReader() {}

  /**
   * Reads all documents of a file.
   *
   * @param file the name for locations, fit to be printed
   */
  public static YamlFile read(String file, byte[] bytes) {
    TreeBuilder builder = new TreeBuilder(file);
    try {
      feed(builder, SourceText.of(file, bytes));
      return builder.finish(List.of());
    } catch (YamlFault fault) {
      return builder.finish(List.of(fault.problem()));
    } catch (MarkedYAMLException e) {
      return builder.finish(List.of(SyntaxFault.of(file, e)));
    } catch (YAMLException e) {
      return builder.finish(List.of(unreadable(file, e)));
    }
  }

  private static void feed(TreeBuilder builder, String text) {
    LoaderOptions options = new LoaderOptions();
    // The length is limited where bytes are read; this limit counts characters and is not wanted.
    options.setCodePointLimit(Integer.MAX_VALUE);
    ParserImpl parser = new ParserImpl(new StreamReader(text), options);
    Event event = parser.getEvent();
    while (!event.is(Event.ID.StreamEnd)) {
      builder.accept(event);
      event = parser.getEvent();
    }
  }

  private static Problem unreadable(String file, YAMLException fault) {
    return Problem.of("malformed-yaml", "the file is not YAML")
        .detail(Printable.clause(String.valueOf(fault.getMessage())))
        .at(Location.file(file));
  }
}
