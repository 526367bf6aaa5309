package dev.fjord.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Desired;
import dev.fjord.model.Displaced;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents that a slip of the keyboard has put where they are not read as what they are. */
class DisplacedTest {
  private static final Path BASE = Path.of("src/test/resources/dev/fjord/load/base");
  private static final Owner BOB = Owner.partner(new ResourceName("bob"));

  private MemoryTree base = MemoryTree.empty();

  @BeforeEach
  void read() throws Exception {
    base = MemoryTree.of(BASE);
  }

  @Test
  void a_tree_in_which_all_is_where_it_belongs_has_none() {
    assertThat(displaced(base)).isEmpty();
  }

  @Test
  void a_folder_under_a_name_that_no_partner_can_have() {
    var tree = moved("partners/bob/bob.yaml", "partners/Bob/bob.yaml");

    assertThat(displaced(tree)).containsExactly("bob at partners/Bob/bob.yaml:3:18");
    assertThat(new Loader().load(tree).problems())
        .extracting(Problem::code)
        .containsExactly("wrong-name");
  }

  @Test
  void a_folder_of_nobody() {
    var tree = moved("partners/bob/bob.yaml", "partners/bbo/bob.yaml");

    assertThat(displaced(tree)).containsExactly("bob at partners/bbo/bob.yaml:3:18");
  }

  @Test
  void a_file_with_a_fault_in_the_folder_of_somebody_else() {
    var tree =
        base.without("partners/bob/bob.yaml")
            .with("partners/linda/bob.yaml", LoaderTest.instanceText("bob", "{memroy: 1}"));

    assertThat(displaced(tree))
        .containsExactlyInAnyOrder(
            "bob at partners/linda/bob.yaml:3:18", "linda at partners/linda/linda.yaml:3:18");
  }

  @Test
  void a_folder_in_which_fjord_reads_nothing() {
    assertThat(displaced(moved("partners/bob/bob.yaml", "attic/bob.yaml")))
        .containsExactly("bob at attic/bob.yaml:3:18");
    assertThat(displaced(moved("partners/bob/bob.yaml", "bob.yaml")))
        .containsExactly("bob at bob.yaml:3:18");
    assertThat(new Loader().load(moved("partners/bob/bob.yaml", "attic/bob.yaml")).problems())
        .isEmpty();
  }

  @Test
  void what_is_no_document_of_fjords_means_nothing() {
    var tree =
        base.with("charts/values.yaml", "kind: Instance\nmetadata: {name: bob}\n")
            .with("charts/broken.yaml", "{{ .Values }}: [")
            .with("charts/large.yaml", "#".repeat((1 << 20) + 1));

    assertThat(displaced(tree)).isEmpty();
  }

  @Test
  void what_cannot_be_read_there_may_mean_anybody() {
    assertThat(displaced(base.with("partners/Bob/bob.yaml", "apiVersion: [")))
        .hasSize(1)
        .allMatch(one -> one.startsWith("null at partners/Bob/bob.yaml"));
    assertThat(displaced(base.with("partners/bbo/bob.yaml", "apiVersion: [")))
        .containsExactly("null at partners/bbo/bob.yaml");
    assertThat(displaced(base.with("attic/bob.yaml", "apiVersion: fjord.dev/v1\nkind: [")))
        .containsExactly("null at attic/bob.yaml");
    assertThat(displaced(base.with("partners/Bob/bob.yml", "")))
        .containsExactly("null at partners");
  }

  @Test
  void what_cannot_be_read_of_a_partner_means_nobody_else() {
    assertThat(displaced(base.with("partners/linda/x.yaml", "apiVersion: [")))
        .containsExactly("linda at partners/linda/linda.yaml:3:18");
  }

  @Test
  void too_much_where_nobodys_documents_are_may_mean_anybody() {
    var tree = base;
    for (int i = 0; i < 9; i++) {
      String text = LoaderTest.instanceText("x" + i, "{}") + "#".repeat((1 << 20) - 200);
      tree = tree.with("attic/x" + i + ".yaml", text);
    }

    assertThat(displaced(tree)).containsExactly("null at partners");
  }

  @Test
  void a_partner_whose_file_is_elsewhere_is_held_with_all_that_it_has() {
    for (String file :
        List.of("partners/Bob.yaml", "partners/bbo.yaml", "attic/bob.yaml", "bob.yaml")) {
      Desired desired = new Loader().load(moved("partners/bob.yaml", file)).orThrow();

      assertThat(desired.held()).as(file).contains(BOB);
      assertThat(desired.instances()).as(file).noneMatch(one -> one.owner().equals(BOB));
      assertThat(desired.instances()).as(file).hasSize(3);
    }
  }

  @Test
  void a_partner_whose_file_and_folder_are_elsewhere_is_held() {
    var tree = moved("partners/bob.yaml", "partners/Bob.yaml").without("partners/bob/bob.yaml");

    assertThat(new Loader().load(tree).orThrow().held()).containsExactly(BOB);
  }

  @Test
  void a_partner_does_not_hold_another_by_a_document_about_it() {
    var tree =
        base.without("partners/bob.yaml")
            .without("partners/bob/bob.yaml")
            .with(
                "partners/linda/x.yaml",
                "apiVersion: fjord.dev/v1\nkind: Partner\nmetadata: {name: bob}\nspec: {}\n");

    assertThat(new Loader().load(tree).orThrow().held()).doesNotContain(BOB);
  }

  @Test
  void what_is_elsewhere_is_not_read_again() {
    Loader loader = new Loader();
    var tree = base.with("attic/x.yaml", LoaderTest.instanceText("x", "{}"));

    assertThat(loader.load(tree).value()).isEqualTo(loader.load(tree).value());
  }

  private MemoryTree moved(String from, String to) {
    return base.without(from).with(to, base.contents().getOrDefault(from, new byte[0]));
  }

  private static List<String> displaced(MemoryTree tree) {
    return new Loader()
        .load(tree).orThrow().displaced().stream().map(DisplacedTest::words).toList();
  }

  private static String words(Displaced one) {
    return one.name() + " at " + one.where();
  }
}
