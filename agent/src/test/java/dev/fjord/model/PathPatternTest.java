package dev.fjord.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
  @ParameterizedTest
  @CsvSource({
    "**, fjord.yaml",
    "**, partners/linda/linda.yaml",
    "**, .github/CODEOWNERS",
    "fjord.yaml, fjord.yaml",
    "partners/linda/**, partners/linda/linda.yaml",
    "partners/linda/**, partners/linda/a/b/.c",
    "partners/*/motd, partners/linda/motd",
    "images/*.yaml, images/tiny.yaml",
    "images/*.yaml, images/.yaml",
    "images/t*n*.yaml, images/tiny-n.yaml",
    "**/motd, motd",
    "**/motd, a/b/motd",
    "a/**/z, a/z",
    "a/**/z, a/b/z/c/z",
    "a/**/b/**, a/x/b/y",
    "**/*, a/b",
  })
  void matches(String pattern, String path) {
    assertThat(new PathPattern(pattern).matches(path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "fjord.yaml, fjord.yaml2",
    "fjord.yaml, a/fjord.yaml",
    "partners/linda/**, partners/linda",
    "partners/linda/**, partners/linda.yaml",
    "partners/linda/**, partners/linda2/linda.yaml",
    "partners/linda/**, partners/Linda/linda.yaml",
    "partners/linda/**, x/partners/linda/linda.yaml",
    "partners/*/motd, partners/a/b/motd",
    "images/*.yaml, images/tiny.yaml/x",
    "images/*.yaml, images/tiny.yml",
    "*, a/b",
    "a/**/z, a/b/y",
    "a/**/b/**, a/x/b",
  })
  void does_not_match(String pattern, String path) {
    assertThat(new PathPattern(pattern).matches(path)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/a", "a/", "a//b", "..", "a/../b", "./a", "a**", "**a/b", "***", "a?", "[ab]",
        "{a,b}", "!a", "a\\b", "a\tb"
      })
  void refuses_what_means_something_else_elsewhere(String pattern) {
    assertThatThrownBy(() -> new PathPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no pattern of paths: ");
  }

  /** Backtracking over every star would take longer than the universe is old. */
  @Test
  void a_hostile_path_ends() {
    String stars = "a*".repeat(90) + "b";
    assertThat(new PathPattern(stars).matches("a".repeat(4000))).isFalse();
    String parts = "**/a/".repeat(35) + "b";
    assertThat(new PathPattern(parts).matches("a/".repeat(4000) + "c")).isFalse();
  }
}
