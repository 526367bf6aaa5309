package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slip of the keyboard takes no machine away. */
class SlipsIT {
  private static World world;

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
    bob = world.pid("bob");
  }

  private void staysAfter(String... move) {
    var words = new java.util.ArrayList<>(java.util.List.of("mv"));
    words.addAll(java.util.List.of(move));
    world.site.git(words.toArray(String[]::new));
    world.site.push("A slip");
    var run = world.apply();
    assertThat(run.changes()).as("%s", run).isEmpty();
    assertThat(run.exit()).as("not converged: %s", run).isNotZero();
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.state().resolve("instances/bob/root.cow")).exists();
    assertThat(world.guest("bob", "hostname")).isEqualTo("bob");
  }

  @Test
  void not_a_folder_under_a_name_that_is_none() {
    staysAfter("partners/bob", "partners/Bob");
  }

  @Test
  void not_a_folder_under_a_name_that_nobody_has() {
    staysAfter("partners/bob", "partners/bbo");
  }

  @Test
  void not_a_folder_somewhere_else() {
    staysAfter("partners/bob", "bob");
  }

  @Test
  void not_a_partners_file_under_a_name_that_is_none() {
    staysAfter("partners/bob.yaml", "partners/Bob.yaml");
  }

  @Test
  void not_a_partners_file_under_another_name() {
    staysAfter("partners/bob.yaml", "partners/bbo.yaml");
  }

  @Test
  void not_a_partners_file_and_folder_under_a_name_that_is_none() {
    world.site.git("mv", "partners/bob.yaml", "partners/Bob.yaml");
    staysAfter("partners/bob", "partners/Bob");
  }

  @Test
  void not_a_document_under_another_name_that_keeps_its_address() throws Exception {
    world
        .site
        .remove(BOB)
        .write(BOB.at(world.address("bob")).named("robert"))
        .push("Who is robert?");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.changes()).isEmpty();
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.processesOf("linda")).isNotEmpty();
    assertThat(world.pid(LINDA.name())).isPositive();
  }
}
