package dev.fjord.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Instance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void too_many_files_of_a_partner_hold_that_partner_alone() {
    var contents = base.contents();
    for (int i = 0; i < 1001; i++) {
      contents.put("partners/linda/x%d.yaml".formatted(i), new byte[] {'#', '\n'});
    }
    var loaded = new Loader().load(new MemoryTree(contents));
    assertThat(loaded.problems()).extracting(Problem::code).containsExactly("too-many-files");
    assertThat(loaded.orThrow().held()).hasSize(1);
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
