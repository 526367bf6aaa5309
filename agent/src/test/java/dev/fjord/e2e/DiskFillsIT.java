package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One partner writes until the host's disk is full. */
class DiskFillsIT {
  private static final long SIZE = 256 << 20;
  private World world;
  private Agent agent;

  @BeforeEach
  void a_host_whose_state_is_on_a_small_file_system() throws Exception {
    world = World.empty();
    world.settings("poll: 5s\nwatch: 1s\n");
    var device = world.folder.resolve("device.img");
    Files.createFile(device);
    Command.of("truncate", "-s", Long.toString(SIZE), device.toString()).output();
    Command.of("mkfs.ext4", "-q", "-F", device.toString()).output();
    Files.createDirectories(world.state());
    Command.of("mount", "-o", "loop", device.toString(), world.state().toString()).output();
    world.site.reset();
    world.site.write(LINDA.with("volumes", "[{name: storage, size: 512MiB}]")).push("Much room");
    agent = world.agent();
    agent.awaitSaying(" converged at ", 1);
  }

  @AfterEach
  void end() {
    if (world != null) {
      world.close();
    }
  }

  @Test
  void it_is_told_before_nobody_is_promised_more_and_who_suffered_runs_again() throws Exception {
    var filler = world.state().resolve("somebody-elses");
    world.guest("bob", "echo kept >/root/kept; sync");
    var bob = world.pid("bob");

    fillTo(filler, 92);
    agent.awaitSaying("the file system of " + world.state() + " is at least 90% full", 1);
    agent.awaitTold("a status that says so", () -> problems().contains("disk-filling"));
    assertThat(world.status().at("/disk/percent").asInt()).isBetween(90, 94);
    assertThat(world.fjord("status").text()).contains("\ndisk: 9");
    assertThat(world.status().path("converged").asBoolean()).isTrue();

    fillTo(filler, 96);
    agent.awaitSaying("is at least 95% full", 1);
    world.site.write(LINDA.named("lindas-second").at("192.0.2.7")).push("One more");
    agent.awaitTold("a refusal", () -> refused().contains("lindas-second asks for more disk"));
    assertThat(refused()).contains("is at least 95% full");
    world.site.write(BOB.with("volumes", "[{name: more, size: 16MiB}]")).push("And more for bob");
    agent.awaitTold("another refusal", () -> refused().contains("instance bob asks for more disk"));
    assertThat(world.kernelOf("bob")).as("bob's goes on as it was").isEqualTo(bob);
    world.site.remove(LINDA.named("lindas-second")).write(BOB).push("As it was");
    agent.awaitTold("nothing refused", () -> world.status().path("refused").isEmpty());

    // Linda fills the rest, and goes on with it; bob writes a little now and then.
    world.ssh(
        "linda",
        "linda",
        world.address("linda"),
        inTheBackground("while :; do dd if=/dev/urandom of=/dev/ubdc bs=1M; sleep 1; done"));
    world.ssh(
        "bob",
        "bob",
        world.address("bob"),
        inTheBackground(
            "i=0; while :; do i=$((i+1)); dd if=/dev/urandom of=/root/x$((i%6)) bs=1M count=4;"
                + " sync; sleep 1; done"));
    agent.awaitSaying("instance bob: its root is read-only", 1);
    agent.awaitTold("a status that says so", () -> !ailment("bob").isNull());
    assertThat(ailment("bob").path("verdict").asText()).isEqualTo("root-read-only");
    agent.awaitTold("a full disk", () -> problems().contains("disk-full"));
    var status = world.status();
    assertThat(status.path("converged").asBoolean()).isFalse();
    agent.awaitTold(
        "what it waits for",
        () ->
            world
                .status()
                .path("waiting")
                .toString()
                .contains("it is started again when there is"));
    assertThat(world.fjord("status").text()).contains("wait for room on the host's disk");
    assertThat(world.kernelOf("bob")).as("a restart would not help").isEqualTo(bob);

    Files.delete(filler);
    agent.awaitTold(
        "bob's next kernel",
        () -> {
          var kernel = world.kernelOf("bob");
          return kernel > 0 && kernel != bob && ailment("bob").isNull();
        });
    assertThat(world.guest("bob", "cat /root/kept; touch /root/writable && echo yes"))
        .isEqualTo("kept\nyes");
    assertThat(Files.readString(world.state().resolve("journal/changes.jsonl")))
        .contains("its root is read-only since");
  }

  private static String inTheBackground(String command) {
    return "(" + command + ") >/dev/null 2>&1 &";
  }

  /** In percent of what is there for instances. */
  private void fillTo(java.nio.file.Path filler, int percent) throws IOException {
    var store = Files.getFileStore(world.state());
    var used = store.getTotalSpace() - store.getUnallocatedSpace();
    var all = used + store.getUsableSpace();
    var more = all * percent / 100 - used;
    var size = Files.exists(filler) ? Files.size(filler) : 0;
    assertThat(more).isPositive();
    Command.of("fallocate", "-l", Long.toString(size + more), filler.toString()).output();
  }

  private JsonNode ailment(String name) {
    return world.instance(name).path("ailment");
  }

  private String problems() {
    return world.status().path("problems").toString();
  }

  private String refused() {
    return world.status().path("refused").toString();
  }
}
