package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.process.Command;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines that die, hang or lose their network while the agent has nothing else to do. */
class WatchIT {
  /** Nothing but the watch makes it look: it polls once an hour. */
  private static final String SETTINGS = "poll: 1h\nwatch: 1s\n";

  private static World world;
  private Agent agent;

  @BeforeAll
  static void a_host() throws Exception {
    world = World.empty();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  /** Machines go on; the next scenario has an agent with other settings. */
  @AfterEach
  void the_agent_ends() throws Exception {
    if (agent != null) {
      agent.end();
    }
  }

  @Test
  void a_kernel_that_is_killed_or_stopped_runs_again() throws Exception {
    watched(SETTINGS);
    var bob = world.pid("bob");

    var dead = world.kernelOf("linda");
    world.kill(dead);
    agent.awaitTold("linda's next kernel", () -> runsAnew(dead));
    agent.awaitSaying("instance linda: its kernel has ended: process " + dead + " is gone", 1);
    agent.awaitSaying("instance linda is well again", 1);

    var hung = world.kernelOf("linda");
    signal("STOP", hung);
    agent.awaitSaying("instance linda: its kernel hangs: no answer to 'proc uptime'", 1);
    agent.awaitSaying("tried in between: a ping, SIGIO, sysrq h", 1);
    agent.awaitTold("linda's next kernel", () -> runsAnew(hung));
    agent.awaitSaying("instance linda is well again", 2);
    assertThat(Files.readString(world.state().resolve("journal/changes.jsonl")))
        .contains("its kernel hangs since");
    assertThat(world.pid("bob")).as("bob's was not touched").isEqualTo(bob);
    assertThat(ailment("linda").isNull()).isTrue();
    assertThat(agent.said("instance bob:")).isZero();
  }

  @Test
  void one_that_wakes_up_in_time_is_not_restarted() throws Exception {
    // A second check, of which is told, has failed after 24 s at the latest; the fourth, which is
    // one
    // too many, does not fail before 28 s: each waits a second for an answer, and they are 9 to 11
    // s
    // apart.
    watched("poll: 1h\nwatch: 10s\n");
    var linda = world.kernelOf("linda");
    signal("STOP", linda);
    Thread.sleep(26_000);
    signal("CONT", linda);
    agent.awaitSaying("instance linda is well after a ping", 1);
    assertThat(world.kernelOf("linda")).isEqualTo(linda);
    assertThat(agent.said("hangs")).isZero();
  }

  @Test
  void one_that_is_not_to_be_repaired_is_told_and_left() throws Exception {
    watched(SETTINGS, LINDA.with("health", "{repair: false}"));
    var linda = world.kernelOf("linda");
    signal("STOP", linda);
    agent.awaitTold("a status that says so", () -> ailment("linda").isObject());
    Thread.sleep(8000);
    assertThat(world.kernelOf("linda")).isEqualTo(linda);
    var ailment = ailment("linda");
    assertThat(ailment.path("verdict").asText()).isEqualTo("kernel-hung");
    assertThat(ailment.path("detail").asText()).contains("no answer to 'proc uptime'");
    assertThat(world.fjord("status").text()).contains("kernel-hung for ");
    assertThat(world.plan().json().path("problems").toString()).contains("kernel-hung");
    assertThat(agent.said("its kernel hangs: ")).isEqualTo(1);
    signal("CONT", linda);
    agent.awaitTold("a status that is well", () -> ailment("linda").isNull());
    assertThat(world.kernelOf("linda")).isEqualTo(linda);
  }

  @Test
  void a_network_that_the_guest_took_down_is_restarted_in_the_end() throws Exception {
    watched(SETTINGS);
    var linda = world.kernelOf("linda");
    world.guest("linda", "(sleep 1; ip link set vec0 down) >/dev/null 2>&1 &");
    agent.awaitSaying("instance linda: its network is wrong: no answer to pings of 192.0.2.5", 1);
    agent.awaitTold("a status that says so", () -> ailment("linda").isObject());
    assertThat(ailment("linda").path("verdict").asText()).isEqualTo("network-wrong");
    assertThat(world.fjord("status").text()).contains("it is restarted from ");
    assertThat(world.kernelOf("linda")).as("a run may mend it first").isEqualTo(linda);
    agent.awaitTold("linda's next kernel", () -> runsAnew(linda));
    assertThat(agent.log()).contains("its network is wrong since");
  }

  @Test
  void a_host_that_lost_its_switch_mends_it_and_restarts_nobody() throws Exception {
    watched(SETTINGS);
    var linda = world.kernelOf("linda");
    var bob = world.kernelOf("bob");
    world.inside("ip", "link", "delete", world.bridge("lan")).output();
    agent.awaitSaying("no other instance answers on switch lan", 1);
    // Whichever is found to ail first has it mended: the other may not have come so far.
    agent.awaitSaying("instance linda is well ", 1);
    agent.awaitSaying("instance bob is well ", 1);
    assertThat(world.kernelOf("linda")).isEqualTo(linda);
    assertThat(world.kernelOf("bob")).isEqualTo(bob);
  }

  /** An agent that has nothing left to do but to watch. */
  private void watched(String settings, Machine... others) throws Exception {
    world.forgetStarts();
    world.settings(settings);
    world.site.reset();
    if (others.length > 0) {
      world.site.write(others).push("As they are here");
    }
    agent = world.agent();
    agent.awaitSaying(" converged at ", 1);
  }

  private static JsonNode ailment(String name) {
    return world.instance(name).path("ailment");
  }

  private static boolean runsAnew(long before) {
    var kernel = world.kernelOf("linda");
    return kernel > 0 && kernel != before && kernel == world.instance("linda").path("pid").asLong();
  }

  private static void signal(String signal, long pid) {
    Command.of("kill", "-" + signal, Long.toString(pid)).output();
  }
}
