package dev.fjord.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Instance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoaderTest {
  private static final Path BASE = Path.of("src/test/resources/dev/fjord/load/base");

  private MemoryTree base = MemoryTree.empty();

  @BeforeEach
  void read() throws Exception {
    base = MemoryTree.of(BASE);
  }

  private static Instance instance(Desired desired, String name) {
    return desired.instances().stream()
        .filter(instance -> instance.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void fills_in_the_defaults_of_the_site_the_partner_and_the_kind() {
    Desired desired = new Loader().load(base).orThrow();
    Instance bob = instance(desired, "bob");
    ResourceName name = new ResourceName("bob");
    assertThat(bob.owner()).isEqualTo(Owner.partner(name));
    assertThat(bob.host().value()).isEqualTo("slart");
    assertThat(bob.image().value()).isEqualTo("tiny");
    assertThat(bob.memory()).isEqualTo(ByteSize.mib(128));
    assertThat(bob.swap()).isEqualTo(ByteSize.mib(256));
    assertThat(bob.hostname()).isEqualTo(name);
    assertThat(bob.keys()).hasSize(1);
    assertThat(bob.start().after()).containsExactly(new ResourceName("dns"));
    assertThat(instance(desired, "dns").owner()).isEqualTo(Owner.SITE);
    assertThat(desired.site().windows()).hasSize(1);
  }

  @Test
  void swap_of_zero_bytes_is_none_whatever_the_site_says() {
    var tree = base.with("instances/x.yaml", instanceText("x", "{swap: 0B}"));
    Desired desired = new Loader().load(tree).orThrow();
    assertThat(instance(desired, "x").swap()).isEqualTo(ByteSize.ZERO);
  }

  @Test
  void an_empty_list_of_keys_is_not_the_partners() {
    var tree = base.with("partners/linda/x.yaml", instanceText("x", "{authorizedKeys: []}"));
    tree = tree.without("partners/linda/linda.yaml");
    assertThat(instance(new Loader().load(tree).orThrow(), "x").keys()).isEmpty();
  }

  @Test
  void an_empty_tree_is_not_a_repository() {
    var loaded = new Loader().load(MemoryTree.empty());
    assertThat(loaded.value()).isNull();
    assertThat(loaded.problems())
        .extracting(Problem::code)
        .containsExactly("not-a-fjord-repository");
  }

  @Test
  void an_unchanged_file_is_not_parsed_again() {
    Loader loader = new Loader();
    loader.load(base);
    int first = loader.parsed();
    assertThat(first).isEqualTo(base.contents().size());
    loader.load(base);
    assertThat(loader.parsed()).isEqualTo(first);
    loader.load(base.with("instances/x.yaml", instanceText("x", "{}")));
    assertThat(loader.parsed()).isEqualTo(first + 1);
  }

  @Test
  void a_file_of_the_same_content_elsewhere_belongs_to_somebody_else() {
    Loader loader = new Loader();
    loader.load(base);
    var bytes = base.contents().getOrDefault("partners/linda/linda.yaml", new byte[0]);
    var moved = base.without("partners/linda/linda.yaml").with("instances/linda.yaml", bytes);
    assertThat(instance(loader.load(moved).orThrow(), "linda").owner()).isEqualTo(Owner.SITE);
  }

  @Test
  void problems_of_an_unchanged_file_are_told_again() {
    var tree = base.with("instances/x.yaml", instanceText("x", "{memroy: 1}"));
    Loader loader = new Loader();
    assertThat(loader.load(tree).problems()).hasSize(1).isEqualTo(loader.load(tree).problems());
  }

  @Test
  void a_file_that_cannot_be_read_holds_its_owner_and_is_tried_again() {
    Loader loader = new Loader();
    Desired held = loader.load(failing("partners/linda/linda.yaml")).orThrow();
    assertThat(held.held()).containsExactly(Owner.partner(new ResourceName("linda")));
    assertThat(new Loader().load(failing("images/tiny.yaml")).value()).isNull();
    assertThat(loader.load(base).problems()).isEmpty();
  }

  @Test
  void the_text_of_a_script_belongs_to_its_image() throws Exception {
    var name = new ResourceName("debian");
    var tree =
        base.with("images/debian.yaml", example("debian.yaml"))
            .with("images/debian/setup.sh", example("setup.sh"));
    Loader loader = new Loader();
    var image = loader.load(tree).orThrow().images().get(name);
    assertThat(image.origin())
        .isEqualTo(
            new ImageOrigin.Debootstrap(
                "trixie",
                "https://deb.debian.org/debian",
                List.of("main"),
                List.of(
                    "ca-certificates",
                    "dbus",
                    "iproute2",
                    "iputils-ping",
                    "openssh-server",
                    "systemd-resolved",
                    "systemd-sysv",
                    "udev"),
                example("setup.sh")));
    assertThat(loader.load(tree).orThrow().images().get(name)).isEqualTo(image);
    // The document is the same, and was read before.
    var other = tree.with("images/debian/setup.sh", "#!/bin/sh\n");
    assertThat(loader.load(other).orThrow().images().get(name).version())
        .isNotEqualTo(image.version());
  }

  private static String example(String file) throws IOException {
    return Files.readString(Path.of("../examples/images/debian", file));
  }

  @Test
  void a_large_file_holds_its_owner_alone() {
    var tree = base.with("partners/linda/big.yaml", "#".repeat((1 << 20) + 1));
    Desired desired = new Loader().load(tree).orThrow();
    assertThat(desired.held()).containsExactly(Owner.partner(new ResourceName("linda")));
    assertThat(desired.instances()).hasSize(3);
  }

  @Test
  void a_folder_of_which_nothing_was_listed_holds_its_owner_alone() {
    Problem why = Problem.of("too-many-files", "much").at(Location.file("partners/linda"));
    var loaded = new Loader().load(skipping(base.without("partners/linda/linda.yaml"), why));
    assertThat(loaded.problems()).containsExactly(why);
    assertThat(loaded.orThrow().held()).containsExactly(LINDA);
    assertThat(loaded.orThrow().instances()).hasSize(3);
  }

  @Test
  void too_many_bytes_of_a_partner_hold_that_partner_alone() {
    var contents = base.contents();
    for (int i = 0; i < 9; i++) {
      contents.put(
          "partners/linda/x%d.yaml".formatted(i),
          "#".repeat(1023).concat("\n").repeat(1024).getBytes(US_ASCII));
    }
    var loaded = new Loader().load(new MemoryTree(contents));
    assertThat(loaded.problems())
        .extracting(problem -> problem.location() + ": " + problem.summary())
        .containsExactly(
            "partners/linda: the files of partner linda come to more than 8 MiB of YAML, the most"
                + " that is read of one partner");
    assertThat(loaded.orThrow().held()).containsExactly(LINDA);
    assertThat(loaded.orThrow().instances()).hasSize(3);
    assertThat(loaded.orThrow().partners()).containsKey(LINDA.partner());
  }

  @Test
  void a_line_without_an_end_is_not_parsed() {
    var loaded = new Loader().load(base.with("partners/linda/x.yaml", "\n" + "#".repeat(262_145)));
    assertThat(loaded.problems())
        .extracting(problem -> problem.location() + ": " + problem.summary())
        .containsExactly("partners/linda/x.yaml:2:1: a line has more than 262,144 characters");
    assertThat(loaded.orThrow().held()).containsExactly(LINDA);
  }

  @Test
  void too_many_values_of_a_partner_hold_that_partner_alone() {
    var contents = base.contents();
    for (int i = 0; i < 3; i++) {
      contents.put("partners/linda/x%d.yaml".formatted(i), values(40_000));
    }
    var loaded = new Loader().load(new MemoryTree(contents));
    assertThat(loaded.problems())
        .filteredOn(problem -> problem.code().equals("too-large"))
        .extracting(problem -> problem.location() + ": " + problem.summary())
        .containsExactly(
            "partners/linda: the files of partner linda hold more than 100,000 values, the most"
                + " that are read of one partner");
    assertThat(loaded.orThrow().held()).containsExactly(LINDA);
  }

  @Test
  void of_partners_who_have_too_much_together_the_largest_is_held() {
    var contents = base.contents();
    for (int i = 0; i < 5; i++) {
      String name = "partners/p%d".formatted(i);
      contents.put(name + ".yaml", partnerText("p" + i).getBytes(US_ASCII));
      contents.put(name + "/x.yaml", values(48_000 + i));
      contents.put(name + "/y.yaml", values(2_000));
    }
    var loaded = new Loader().load(new MemoryTree(contents));
    assertThat(loaded.problems())
        .filteredOn(problem -> problem.code().equals("too-large"))
        .extracting(problem -> problem.location() + ": " + problem.summary())
        .containsExactly(
            "partners/p4: partners' files hold more than 250,000 values together, and those of"
                + " partner p4 the most, 50,017");
  }

  @Test
  void too_much_of_the_site_itself_is_everybodys() {
    var contents = base.contents();
    for (int i = 0; i < 11; i++) {
      contents.put("instances/x%d.yaml".formatted(i), values(48_000));
    }
    var loaded = new Loader().load(new MemoryTree(contents));
    assertThat(loaded.value()).isNull();
    assertThat(loaded.problems())
        .extracting(Problem::summary)
        .contains("the site's own files hold more than 500,000 values, the most that is read");
  }

  @Test
  void a_hundred_problems_of_each_owner_are_kept_and_the_others_counted() {
    var tree = base;
    for (int i = 0; i < 30; i++) {
      tree = tree.with("partners/linda/x%02d.yaml".formatted(i), unknownFields("x" + i, 10));
    }
    tree = tree.with("partners/bob/y.yaml", unknownFields("y", 2));
    tree = tree.with("instances/z.yaml", unknownFields("z", 130));
    Loader loader = new Loader();
    var loaded = loader.load(tree);
    assertThat(loaded.orThrow().held())
        .containsExactlyInAnyOrder(LINDA, Owner.SITE, Owner.partner(new ResourceName("bob")));
    List<Problem> problems = loaded.problems();
    assertThat(problems).hasSize(100 + 1 + 2 + 100 + 1);
    assertThat(problems.subList(202, 204))
        .extracting(problem -> problem.location() + ": " + problem.summary())
        .containsExactly(
            "null: 30 more problems of the site: not shown",
            "partners/linda: 200 more problems of partner linda: not shown");
    assertThat(problems.stream().filter(Problem::isCount)).hasSize(2);
    assertThat(loader.load(tree).problems()).isEqualTo(problems);
  }

  @Test
  void problems_that_were_only_counted_are_shown_once_the_others_are_mended() {
    Loader loader = new Loader();
    var tree = base;
    for (int i = 0; i < 60; i++) {
      tree = tree.with("partners/linda/x%02d.yaml".formatted(i), unknownFields("x" + i, 50));
    }
    assertThat(loader.load(tree).problems()).hasSize(101);
    for (int i = 0; i < 59; i++) {
      tree = tree.without("partners/linda/x%02d.yaml".formatted(i));
    }
    assertThat(loader.load(tree).problems())
        .hasSize(50)
        .allMatch(problem -> problem.location().file().equals("partners/linda/x59.yaml"));
  }

  @Test
  void with_many_owners_at_fault_fewer_problems_of_each_are_kept() {
    var contents = base.contents();
    for (int i = 0; i < 300; i++) {
      contents.put("partners/p%d.yaml".formatted(i), partnerText("p" + i).getBytes(US_ASCII));
      contents.put(
          "partners/p%d/x.yaml".formatted(i), unknownFields("x" + i, 101).getBytes(US_ASCII));
    }
    var loaded = new Loader().load(new MemoryTree(contents));
    assertThat(loaded.orThrow().held()).hasSize(300);
    // Six of each, and for each one that says how many more there are.
    assertThat(loaded.problems()).hasSize(300 * 7);
  }

  @Test
  void a_flood_of_problems_hides_no_contest_from_the_other_contender() {
    var tree =
        base.with("partners/linda/a.yaml", unknownFields("a", 150))
            .with("partners/linda/b.yaml", instanceText("bob", "{}"));
    assertThat(new Loader().load(tree).problems())
        .extracting(Problem::code)
        .contains("name-contested");
  }

  @Test
  void ten_thousand_files_load_once_and_one_change_costs_one_file() {
    var contents = base.contents();
    for (int i = 0; i < 10_000; i++) {
      var text = instanceText("x" + i, "{network: [{switch: lan}], start: {after: [dns]}}");
      contents.put("instances/x%d.yaml".formatted(i), text.getBytes(US_ASCII));
    }
    Loader loader = new Loader();
    MemoryTree tree = new MemoryTree(contents);
    assertThat(loader.load(tree).orThrow().instances()).hasSize(10_004);
    int before = loader.parsed();
    var changed = tree.with("instances/x7.yaml", instanceText("x7", "{power: stopped}"));
    assertThat(loader.load(changed).problems()).isEmpty();
    assertThat(loader.parsed()).isEqualTo(before + 1);
  }

  private static final Owner LINDA = Owner.partner(new ResourceName("linda"));

  private static String unknownFields(String name, int count) {
    String fields = IntStream.range(0, count).mapToObj(n -> "u" + n + ": 1").collect(joining(", "));
    return instanceText(name, "{" + fields + "}");
  }

  private static String partnerText(String name) {
    return "{apiVersion: fjord.dev/v1, kind: Partner, metadata: {name: %s}, spec: {keys: []}}\n"
        .formatted(name);
  }

  /** A file of so many values, thirteen of them around a list. */
  private static byte[] values(int count) {
    String list = IntStream.range(0, count - 13).mapToObj(n -> "1").collect(joining(",\n  "));
    return instanceText("x", "{u: [" + list + "]}").getBytes(US_ASCII);
  }

  private static Tree skipping(MemoryTree tree, Problem skipped) {
    return new Tree() {
      @Override
      public String revision() {
        return "skipping";
      }

      @Override
      public List<File> files() {
        return tree.files();
      }

      @Override
      public List<Problem> skipped() {
        return List.of(skipped);
      }

      @Override
      public byte[] read(File file, int limit) {
        return tree.read(file, limit);
      }
    };
  }

  private Tree failing(String path) {
    return new Tree() {
      @Override
      public String revision() {
        return "failing";
      }

      @Override
      public List<File> files() {
        return base.files();
      }

      @Override
      public List<Problem> skipped() {
        return base.skipped();
      }

      @Override
      public byte[] read(File file, int limit) {
        if (file.path().equals(path)) {
          throw Problem.of("unreadable-file", "the disk is on fire").asException();
        }
        return base.read(file, limit);
      }
    };
  }

  static String instanceText(String name, String spec) {
    return "apiVersion: fjord.dev/v1\nkind: Instance\nmetadata: {name: %s}\nspec: %s\n"
        .formatted(name, spec);
  }
}
