package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.json.ModelJson;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines that get another name or another owner, and keep what is theirs. */
class RenameIT {
  private World world;

  @BeforeEach
  void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterEach
  void end() {
    if (world != null) {
      world.close();
    }
  }

  private JsonNode record(String name) throws IOException {
    return ModelJson.mapper()
        .readTree(world.state().resolve("instances/" + name + "/instance.json").toFile());
  }

  private static String named(Machine machine, String formerly) {
    return machine
        .yaml()
        .replace("{name: " + machine.name() + "}", "{name: %s, formerly: %s}")
        .formatted(machine.name(), formerly);
  }

  private void assertThatItIs(JsonNode before, JsonNode after) {
    for (var field :
        new String[] {
          "/identity", "/uid", "/base", "/leases/0/address", "/leases/0/mac", "/leases/0/network"
        }) {
      assertThat(after.at(field)).as(field).isEqualTo(before.at(field));
    }
  }

  @Test
  void a_machine_that_runs_is_renamed_and_keeps_its_bytes_address_and_keys() throws Exception {
    world.guest("linda", "echo kept >/root/note; echo kept >/srv/storage/note; sync");
    var hostKey = world.guest("linda", "cat /etc/dropbear/* /etc/ssh/*.pub 2>/dev/null | md5sum");
    var before = record("linda");
    var bob = world.pid("bob");
    var lindsay = LINDA.named("lindsay");
    world.site.remove(LINDA).write(lindsay.file(), named(lindsay, "linda"));
    world.site.push("linda is called lindsay from now on");

    var plan = world.plan();
    assertThat(plan.changes())
        .containsExactlyInAnyOrder("update instance/lindsay", "start instance/lindsay");
    assertThat(plan.text())
        .contains("renamed from linda; its disks, its addresses and its identity stay its own");
    assertThat(plan.plan().path("changes").findValuesAsText("disruption")).contains("restart");
    world.settles();

    assertThat(world.processesOf("linda")).isEmpty();
    assertThat(world.state().resolve("instances/linda")).doesNotExist();
    assertThat(world.state().resolve("trash"))
        .satisfiesAnyOf(
            trash -> assertThat(trash).doesNotExist(),
            trash -> assertThat(trash).isEmptyDirectory());
    assertThatItIs(before, record("lindsay"));
    assertThat(record("lindsay").at("/leases/0/tap").asText()).isEqualTo("tap-lindsay");
    assertThat(world.inside("ip", "-br", "link").output())
        .contains("tap-lindsay")
        .doesNotContain("tap-linda ")
        .doesNotContain("tap-linda@");
    assertThat(world.guest("lindsay", "linda", "192.0.2.5", "cat /root/note /srv/storage/note"))
        .isEqualTo("kept\nkept");
    assertThat(world.guest("lindsay", "linda", "192.0.2.5", "hostname")).isEqualTo("lindsay");
    assertThat(
            world.guest(
                "lindsay",
                "linda",
                "192.0.2.5",
                "cat /etc/dropbear/* /etc/ssh/*.pub 2>/dev/null | md5sum"))
        .isEqualTo(hostKey);
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.apply().changes()).as("once more").isEmpty();
  }

  @Test
  void a_rename_waits_for_the_next_start_where_its_document_says_so() throws Exception {
    var linda = world.pid("linda");
    var lindsay = LINDA.named("lindsay").with("restart", "next-start");
    world.site.remove(LINDA).write(lindsay.file(), named(lindsay, "linda"));
    world.site.push("lindsay, later");
    var run = world.apply();
    assertThat(run.changes()).isEmpty();
    assertThat(run.exit()).as("it waits: %s", run).isEqualTo(3);
    assertThat(world.pid("linda")).isEqualTo(linda);

    var before = record("linda");
    world.kill(linda);
    world.settles();
    assertThatItIs(before, record("lindsay"));
    assertThat(world.pid("lindsay")).isPositive();
  }

  @Test
  void a_machine_is_handed_over_by_the_commit_that_moves_its_document() throws Exception {
    world.guest("bob", "echo kept >/root/note; sync");
    var before = record("bob");
    world.site.git("mv", "partners/bob/bob.yaml", "partners/linda/bob.yaml");
    world.site.push("bob's machine is linda's");
    var plan = world.plan();
    assertThat(plan.text()).contains("handed over from partner bob to partner linda");
    world.settles();

    assertThatItIs(before, record("bob"));
    assertThat(record("bob").at("/applied/owner").toString()).contains("linda");
    var address = world.address("bob");
    assertThat(world.guest("bob", "linda", address, "cat /root/note")).isEqualTo("kept");
    assertThat(world.ssh("bob", "bob", address, "true").exit())
        .as("bob's key opens it no more")
        .isEqualTo(255);
  }

  @Test
  void killed_while_it_renames_the_next_run_goes_on() throws Exception {
    world.guest("linda", "echo kept >/root/note; sync");
    var before = record("linda");
    var lindsay = LINDA.named("lindsay");
    world.site.remove(LINDA).write(lindsay.file(), named(lindsay, "linda"));
    world.site.push("lindsay");
    var apply = world.begin("apply");
    World.await(
        "the end of linda's kernel or her folder's",
        () ->
            world.kernelOf("linda") == -1
                || Files.notExists(world.state().resolve("instances/linda")));
    apply.kill();
    world.forgetStarts();

    world.settles();
    assertThatItIs(before, record("lindsay"));
    assertThat(world.guest("lindsay", "linda", "192.0.2.5", "cat /root/note")).isEqualTo("kept");
    assertThat(world.state().resolve("instances/linda")).doesNotExist();
  }
}
