package dev.fjord.load.schema;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas in the jar, each compiled when it is first asked for. Thread-safe. */
final class Schemas {
  /** What {@code $id} begins with. A schema's name is what follows, up to the first dot. */
  private static final String BASE = "https://fjord.dev/schema/v1/";

  private static final String SUFFIX = ".schema.json";

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder -> builder.schemas((String iri) -> text(nameOf(iri))));

  private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

  private Schemas() {}

  static Schema compiled(String name) {
    return COMPILED.computeIfAbsent(
        name, missing -> REGISTRY.getSchema(SchemaLocation.of(BASE + missing + SUFFIX)));
  }

  /** A schema as it is written. */
  static String text(String name) {
    String resource = "/dev/fjord/schema/" + name + SUFFIX;
    try (InputStream in = Schemas.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nameOf(String iri) {
    String file = iri.substring(iri.lastIndexOf('/') + 1);
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }
}
