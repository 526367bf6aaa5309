package dev.fjord.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reference says what the schemas say. {@code mvn test -Dtest=SchemaReferenceTest
 * -Ddocs.fix=true} rewrites it.
 */
class SchemaReferenceTest {
  private static final Path SCHEMAS = Path.of("../schema");
  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final boolean FIX = Boolean.getBoolean("docs.fix");

  @ParameterizedTest
  @ValueSource(
      strings = {"site", "host", "kernel", "image", "switch", "partner", "instance", "agent"})
  void a_page_is_up_to_date(String name) throws IOException {
    hold(name + ".md", SchemaReference.page(SCHEMAS, name));
  }

  @ParameterizedTest
  @ValueSource(strings = "types.md")
  void the_types_are_up_to_date(String page) throws IOException {
    hold(page, SchemaReference.types(SCHEMAS));
  }

  static Stream<Path> schemas() throws IOException {
    try (Stream<Path> files = Files.list(SCHEMAS)) {
      return files.sorted().toList().stream();
    }
  }

  /** Editors show them, and the hints of problems are made of them. */
  @ParameterizedTest
  @MethodSource("schemas")
  void every_field_has_a_description(Path schema) throws IOException {
    List<String> silent = new ArrayList<>();
    JsonNode root = new ObjectMapper().readTree(schema.toFile());
    collect(root, "", silent);
    assertThat(silent).isEmpty();
    assertThat(root.path("$id").asText())
        .isEqualTo("https://fjord.dev/schema/v1/" + schema.getFileName());
  }

  private static void collect(JsonNode node, String path, List<String> silent) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String here = path + "/" + entry.getKey();
      boolean isField = path.endsWith("/properties") && !path.contains("/if/");
      if (isField && !entry.getValue().has("description")) {
        silent.add(here);
      }
      collect(entry.getValue(), here, silent);
    }
  }

  private static void hold(String page, String text) throws IOException {
    Path file = REFERENCE.resolve(page);
    if (FIX) {
      Files.createDirectories(REFERENCE);
      Files.writeString(file, text);
    }
    assertThat(file).content().isEqualTo(text);
  }
}
