package dev.fjord.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.fjord.json.ModelJson;
import java.io.UncheckedIOException;

/**
 * Writes the records of this package: fields in the order of the components, ASCII only, so that a
 * terminal shows what is there and nothing that a partner wrote can act on it.
 */
final class Json {
  private static final ObjectWriter COMPACT =
      ModelJson.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private Json() {}

  /** Without white space: equal values give equal bytes. */
  static String compact(Object value) {
    return write(COMPACT, value);
  }

  /** Indented, with a line end. */
  static String pretty(Object value) {
    return write(COMPACT.withDefaultPrettyPrinter(), value) + "\n";
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      // JSON has no need to escape DEL; a terminal may act on it.
      return writer.writeValueAsString(value).replace("\u007f", "\\u007F");
    } catch (JacksonException e) {
      throw new UncheckedIOException("a report has no JSON form", e);
    }
  }
}
