package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no push may do. */
class GuardsIT {
  private static World world;

  private long linda;
  private long bob;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void as_at_the_beginning() throws Exception {
    world.beginAgain();
    linda = world.pid("linda");
    bob = world.pid("bob");
  }

  @AfterEach
  void the_settings_are_whole_again() throws Exception {
    world.settings("");
  }

  private void assertThatNothingStopped() {
    assertThat(ProcessHandle.of(linda)).isPresent();
    assertThat(ProcessHandle.of(bob)).isPresent();
    assertThat(world.answers("192.0.2.5")).isTrue();
    assertThat(world.state().resolve("instances/linda/root.cow")).exists();
    assertThat(world.state().resolve("instances/bob/root.cow")).exists();
  }

  @Test
  void more_deletions_than_the_budget_are_refused_unless_the_commit_says_so() {
    world.site.remove(LINDA, BOB).push("Everybody leaves");
    assertThat(world.plan().exit()).isEqualTo(4);
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.changes()).isEmpty();
    assertThat(run.plan().path("refused").path(0).path("guard").asText())
        .isEqualTo("deletion-budget");
    assertThat(run.text()).contains("remove 2 instances (bob, linda)", "Fjord-Allow-Deletes: 2");
    assertThatNothingStopped();

    world.site.push("They do leave", "Fjord-Allow-Deletes: 2");
    assertThat(world.settles().changes())
        .containsExactlyInAnyOrder("delete instance/bob", "delete instance/linda");
    assertThat(world.processesOf("linda")).isEmpty();
    assertThat(world.status().path("instances")).isEmpty();
  }

  @Test
  void a_tree_that_is_no_fjord_repository_stops_nothing() {
    world.site.remove("fjord.yaml").push("Who needs that");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text() + run.error())
        .contains("fjord.yaml is missing", "stays in force")
        .doesNotContain("Exception");
    assertThatNothingStopped();
    assertThat(world.plan().exit()).isEqualTo(1);

    // What is in force is kept up meanwhile.
    world.kill(linda);
    assertThat(world.apply().exit()).isEqualTo(1);
    linda = world.pid("linda");
    assertThatNothingStopped();
  }

  @Test
  void an_empty_tree_stops_nothing() {
    world.site.remove(".").push("All gone");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text() + run.error()).contains("fjord.yaml is missing");
    assertThatNothingStopped();
  }

  @Test
  void a_history_that_was_rewritten_stops_nothing() {
    var accepted = world.site.git("rev-parse", "HEAD").strip();
    world.site.git("checkout", "-q", "--orphan", "other");
    world.site.remove(".");
    world.site.git("commit", "-q", "--allow-empty", "-m", "Nothing");
    world.site.git("push", "-q", "--force", "origin", "other:main");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("rewritten-history", "fjord accept --revision");
    assertThatNothingStopped();
    world.site.git("checkout", "-q", "-f", "-B", "main", accepted);
    world.site.git("push", "-q", "--force", "origin", "main");
    assertThat(world.settles().changes()).isEmpty();
  }

  @Test
  void a_repository_that_is_emptied_or_gone_stops_nothing() throws Exception {
    var bare = world.folder.resolve("site.git");
    var away = world.folder.resolve("away.git");
    Files.move(bare, away);
    try {
      var gone = world.apply();
      assertThat(gone.exit()).isEqualTo(1);
      assertThat(gone.text()).contains("repository-missing", "there is no repository");
      assertThatNothingStopped();
      world.kill(bob);
      world.apply();
      bob = world.pid("bob");
      assertThat(ProcessHandle.of(bob)).as("kept up without the repository").isPresent();

      dev.fjord.process.Command.of("git", "init", "-q", "--bare", bare.toString()).output();
      var emptied = world.apply();
      assertThat(emptied.exit()).isEqualTo(1);
      assertThat(emptied.text()).contains("repository-empty", "no branch at all");
      assertThatNothingStopped();
    } finally {
      dev.fjord.process.Command.of("rm", "-r", "-f", bare.toString()).output();
      Files.move(away, bare);
    }
  }

  @Test
  void a_fault_of_lindas_holds_back_linda_alone() throws Exception {
    world
        .site
        .write(LINDA.with("memory", "seven"))
        .write(BOB.with("memory", "96MiB"))
        .push("linda slips, bob grows");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.changes()).containsExactly("restart instance/bob");
    assertThat(run.text()).contains("partners/linda/linda.yaml", "seven");
    assertThat(world.instance("bob").path("memory").asText()).isEqualTo("96MiB");
    assertThat(world.pid("linda")).isEqualTo(linda);

    world.kill(linda);
    assertThat(world.apply().changes()).containsExactly("start instance/linda");
    assertThat(world.guest("linda", "hostname")).isEqualTo("linda");
    assertThat(world.instance("linda").path("memory").asText()).isEqualTo("64MiB");
  }

  @Test
  void a_name_or_an_address_that_two_claim_stays_with_who_has_it() throws Exception {
    world
        .site
        .write(BOB.at("192.0.2.5"))
        .write(new Machine("linda", "bob", BOB.spec()))
        .push("bob wants what linda has");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text())
        .contains("the address 192.0.2.5 on switch lan is claimed by")
        .contains("partners/bob/bob.yaml:5:36", "partners/linda/linda.yaml:6:36")
        .contains("the name linda is claimed by partner bob at partners/bob/linda.yaml:3:18");
    assertThat(run.changes()).isEmpty();
    assertThatNothingStopped();
  }

  @Test
  void a_bridge_of_somebody_else_is_left_alone_and_the_rest_goes_on() throws Exception {
    world.inside("ip", "link", "add", "name", "fj-attic", "type", "bridge").output();
    try {
      world
          .site
          .write(
              "switches/attic.yaml",
              Site.document(
                  "Switch",
                  "attic",
                  "  {driver: bridge, subnet: 198.51.100.0/28, gateway: 198.51.100.1,"
                      + " uplink: none}\n"))
          .write(BOB.named("carol").with("network", "[{switch: attic}]"))
          .write(LINDA.with("memory", "96MiB"))
          .push("A machine in the attic");
      var run = world.apply();
      assertThat(run.exit()).isEqualTo(4);
      assertThat(run.text()).contains("an interface of that name was made by somebody else");
      assertThat(world.instance("linda").path("memory").asText()).isEqualTo("96MiB");
      assertThat(world.instance("carol").path("power").asText()).isEqualTo("stopped");
      assertThat(world.inside("ip", "-br", "address", "show", "dev", "fj-attic").output())
          .contains("DOWN")
          .doesNotContain("198.51.100");
    } finally {
      world.inside("ip", "link", "delete", "dev", "fj-attic").output();
    }
  }
}
