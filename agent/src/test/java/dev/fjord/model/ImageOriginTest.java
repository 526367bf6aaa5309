package dev.fjord.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageOriginTest {
  private static final Source SOURCE = Source.parse("file:/srv/rootfs.tar");
  private static final Digest DIGEST = Digest.ofText("content");
  private static final ByteSize SIZE = ByteSize.gib(1);

  @Test
  void what_is_stored_as_it_is_is_its_content() {
    assertThat(ModelFixtures.image(new ResourceName("tiny"), SOURCE, DIGEST, SIZE).version())
        .isEqualTo(DIGEST);
  }

  @Test
  void the_version_of_an_archive_depends_on_content_and_size_and_not_on_where_it_is() {
    var one = new ImageOrigin.Tarball(SOURCE, DIGEST);
    var elsewhere = new ImageOrigin.Tarball(Source.parse("file:/mnt/x.tar"), DIGEST);
    assertThat(one.version(SIZE)).isEqualTo(elsewhere.version(SIZE)).isNotEqualTo(DIGEST);
    assertThat(one.version(ByteSize.gib(2))).isNotEqualTo(one.version(SIZE));
  }

  @Test
  void every_word_of_a_recipe_tells_versions_apart() {
    var main = List.of("main");
    var none = List.<String>of();
    var recipes =
        List.of(
            recipe("trixie", "http://a/debian", main, none, null),
            recipe("bookworm", "http://a/debian", main, none, null),
            recipe("trixie", "http://b/debian", main, none, null),
            recipe("trixie", "http://a/debian", List.of("main", "contrib"), none, null),
            recipe("trixie", "http://a/debian", main, List.of("ssh"), null),
            recipe("trixie", "http://a/debian", main, none, "#!/bin/sh\n"),
            recipe("trixie", "http://a/debian", main, none, "#!/bin/sh\n\n"));
    Set<Digest> versions = new HashSet<>();
    recipes.forEach(recipe -> versions.add(recipe.version(SIZE)));
    versions.add(recipes.get(0).version(ByteSize.gib(2)));
    assertThat(versions).hasSize(recipes.size() + 1);
  }

  @Test
  void order_and_repetition_are_no_other_recipe() {
    assertThat(recipe("sid", "http://a/d", List.of("b", "a"), List.of("y", "x", "y"), null))
        .isEqualTo(recipe("sid", "http://a/d", List.of("a", "b"), List.of("x", "y"), null));
  }

  /** Versions are names of files on hosts: they stay what they were. */
  @Test
  void a_recipe_has_one_version_for_ever() {
    var recipe = recipe("trixie", "https://deb.debian.org/debian", List.of("main"), List.of(), "x");
    assertThat(recipe.version(SIZE))
        .isEqualTo(
            Digest.ofText(
                "{\"recipe\":1,\"suite\":\"trixie\",\"mirror\":\"https://deb.debian.org/debian\","
                    + "\"components\":[\"main\"],\"packages\":[],\"postInstall\":\""
                    + Digest.ofText("x")
                    + "\",\"size\":1073741824}"));
  }

  @Test
  void a_word_that_would_need_an_escape_is_refused() {
    var recipe = recipe("a\"b", "http://a/d", List.of(), List.of(), null);
    assertThatThrownBy(() -> recipe.version(SIZE)).isInstanceOf(IllegalArgumentException.class);
  }

  private static ImageOrigin.Debootstrap recipe(
      String suite,
      String mirror,
      List<String> components,
      List<String> packages,
      @Nullable String script) {
    return new ImageOrigin.Debootstrap(suite, mirror, components, packages, script);
  }
}
