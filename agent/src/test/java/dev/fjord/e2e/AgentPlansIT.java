package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code fjord plan} beside an agent that runs is what that agent would do, by a look of now. */
class AgentPlansIT {
  private static World world;
  private static Agent agent;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
    // Nothing but what is asked for changes or sees anything.
    world.settings("poll: 1h\nwatch: off\n");
    agent = world.agent();
    World.await("a run", () -> agent.said("converged") > 0);
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  /** What is in the mirror was fetched by whoever holds the run lock. */
  private static boolean hasMirrored(String revision) {
    return Command.of(
                "git",
                "--git-dir=" + world.state().resolve("repository.git"),
                "cat-file",
                "-e",
                revision)
            .run()
            .exit()
        == 0;
  }

  @Test
  void the_agent_plans_what_was_pushed_since_and_what_happened_since() throws Exception {
    var nothing = world.launched("plan", "--format", "json");
    assertThat(nothing.exit()).as("%s", nothing).isZero();
    assertThat(nothing.json().path("changes")).isEmpty();

    var link = world.inside("ip", "-o", "link", "show", "type", "bridge").output();
    var bridge = link.split(":", -1)[1].strip();
    world.inside("ip", "link", "set", "dev", bridge, "mtu", "1400").output();
    var drift = world.launched("plan", "--format", "json");
    assertThat(drift.exit()).as("%s", drift).isEqualTo(2);
    assertThat(drift.text()).contains("mtu");
    world.inside("ip", "link", "set", "dev", bridge, "mtu", "1500").output();
    assertThat(world.launched("plan", "--format", "json").text()).isEqualTo(nothing.text());

    world.site.write(Machine.LINDA.with("memory", "48MiB"));
    var pushed = world.site.push("Less memory");
    var told = world.launched("plan", "--format", "json");
    assertThat(told.exit()).as("%s", told).isEqualTo(2);
    assertThat(told.text()).contains(pushed).contains("restart/instance/linda");
    assertThat(hasMirrored(pushed)).as("the agent fetched " + pushed).isTrue();
    // A process that plans by itself, since it is to log on its way, says the same.
    var own = world.launched("plan", "--format", "json", "--debug");
    assertThat(own.text()).isEqualTo(told.text());
    assertThat(own.exit()).isEqualTo(told.exit());
  }

  @Test
  void an_agent_with_other_settings_is_not_asked() throws Exception {
    world.settings("poll: 1h\nwatch: off\nreadyTimeout: 61s\n");
    try {
      var pushed = world.site.push("Nothing", "Trailer: of no meaning");
      var told = world.launched("plan", "--format", "json");
      assertThat(told.text()).contains(pushed);
      assertThat(hasMirrored(pushed)).as("the agent fetched " + pushed).isFalse();
    } finally {
      world.settings("poll: 1h\nwatch: off\n");
    }
  }
}
