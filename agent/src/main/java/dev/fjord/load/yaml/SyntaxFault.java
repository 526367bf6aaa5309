package dev.fjord.load.yaml;

import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.List;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** What the parser stumbled over, in words for the author of the file. */
final class SyntaxFault {
  private record Wording(String parser, String summary, String hint) {}

  /** The first whose {@code parser} is part of the parser's own message. */
  private static final List<Wording> WORDINGS =
      List.of(
          new Wording(
              "'\\t(TAB)'", "a tab stands where YAML takes spaces only", "indent with spaces"),
          new Wording(
              "mapping values are not allowed here",
              "a ':' stands where no field can begin",
              "check the indentation; a value that holds ': ' needs quotes"),
          new Wording(
              "expected <block end>",
              "this line fits neither the lines above it nor what they began",
              "check the indentation: fields of one mapping begin in one column"),
          new Wording(
              "could not find expected ':'",
              "a field has no ':' after its name",
              "write 'name: value', with a space after the ':'"),
          new Wording(
              "found unexpected end of stream",
              "the file ends within quotes",
              "close the quotes that were opened"),
          new Wording(
              "expected ',' or ']'", "a list in [ ] is not closed, or lacks a ','", "close it"),
          new Wording(
              "expected ',' or '}'", "a mapping in { } is not closed, or lacks a ','", "close it"),
          new Wording(
              "expected the node content",
              "a value should stand here",
              "is there a '[', a '{' or a ',' too many?"),
          new Wording(
              "unknown escape character",
              "text in \" \" holds a '\\' that escapes nothing",
              "write '\\\\' for a backslash, or use ' ' quotes"),
          new Wording(
              "cannot start any token",
              "this character cannot begin a value",
              "put the value in quotes"),
          new Wording(
              "expected alphabetic or numeric character",
              "'*' and '&' begin an alias and an anchor",
              "put the value in quotes"));

  private SyntaxFault() {}

  static Problem of(String file, MarkedYAMLException fault) {
    String problem = String.valueOf(fault.getProblem());
    Mark mark = fault.getProblemMark() == null ? fault.getContextMark() : fault.getProblemMark();
    Location at =
        mark == null
            ? Location.file(file)
            : new Location(file, mark.getLine() + 1, mark.getColumn() + 1);
    return WORDINGS.stream()
        .filter(wording -> problem.contains(wording.parser))
        .findFirst()
        .map(wording -> Problem.of("malformed-yaml", wording.summary).hint(wording.hint))
        .orElseGet(() ->
            Problem.of("malformed-yaml", "this is not YAML").detail(Printable.clause(problem)))
        .at(at);
  }
}
