package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.json.ModelJson;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An agent that has nothing to do asks only for what may have changed. Whatever somebody changes,
 * the very next run sees it.
 */
class GlanceIT {
  private static final String LINDA = "192.0.2.5";

  private static World world;
  private static Agent agent;
  private static String bridge;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
    bridge = world.bridge("lan");
    // Nothing but runs sees anything.
    world.settings("poll: 2s\nwatch: off\n");
    agent = world.agent();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  /** So that what comes next is found by a run that keeps what it can. */
  @BeforeEach
  void runs_with_nothing_to_do() {
    for (int i = 0; i < 4; ) {
      var status = runSince(Instant.now());
      i = status.path("converged").asBoolean() && status.path("problems").isEmpty() ? i + 1 : 0;
    }
  }

  /** What the first run says that begins from now on. */
  private static JsonNode nextRun() {
    return runSince(Instant.now());
  }

  private static JsonNode runSince(Instant since) {
    var found = new JsonNode[1];
    agent.await(
        "a run since " + since,
        () -> {
          var status = ModelJson.mapper().readTree(world.state().resolve("status.json").toFile());
          var ended = Instant.parse(status.path("ended").asText());
          found[0] = status;
          return !ended.minusMillis(status.path("tookMillis").asLong()).isBefore(since);
        });
    return found[0];
  }

  private static String in(String words) {
    return world.inside(words.split(" ", -1)).output().strip();
  }

  @Test
  void a_kernel_that_was_killed_runs_again() {
    var before = world.pid("linda");
    world.kill(before);
    nextRun();
    assertThat(world.pid("linda")).isNotEqualTo(before);
  }

  @Test
  void a_port_that_was_deleted_is_there_again() {
    in("ip link delete dev tap-linda");
    nextRun();
    assertThat(in("ip link show dev tap-linda")).contains("master " + bridge);
    assertThat(world.answers(LINDA)).isTrue();
  }

  @Test
  void a_port_that_left_its_bridge_is_back() {
    in("ip link set dev tap-bob nomaster");
    nextRun();
    assertThat(in("ip link show dev tap-bob")).contains("master " + bridge);
  }

  @Test
  void an_address_that_was_taken_off_is_back() {
    in("ip address delete 192.0.2.1/27 dev " + bridge);
    nextRun();
    assertThat(in("ip address show dev " + bridge)).contains("192.0.2.1/27");
  }

  @Test
  void a_forwarding_entry_that_was_removed_is_back() {
    var entries = in("bridge fdb show dev tap-linda").lines().toList();
    var sticky = entries.stream().filter(line -> line.contains("sticky")).findFirst().orElseThrow();
    in("bridge fdb delete " + sticky.split(" ", -1)[0] + " dev tap-linda master");
    nextRun();
    assertThat(in("bridge fdb show dev tap-linda")).contains(sticky);
  }

  @Test
  void filters_that_were_flushed_are_back() {
    in("nft flush ruleset");
    nextRun();
    assertThat(in("nft list table bridge fjord")).contains("made_by_fjord", "tap-linda", "tap-bob");
  }

  @Test
  void a_rule_that_somebody_put_into_the_filters_is_gone() {
    in("nft add chain bridge fjord theirs");
    nextRun();
    assertThat(in("nft list table bridge fjord")).doesNotContain("theirs");
  }

  @Test
  void a_setting_of_the_kernel_is_put_right() {
    var file = "net/ipv6/conf/" + bridge + "/disable_ipv6";
    assertThat(in("cat /proc/sys/" + file)).isEqualTo("1");
    in("sysctl -q -w " + file + "=0");
    nextRun();
    assertThat(in("cat /proc/sys/" + file)).isEqualTo("1");
  }

  @Test
  void an_image_whose_mode_was_changed_is_sealed_again() throws Exception {
    var image = imageFile();
    Command.of("chattr", "-i", image.toString()).run();
    Command.of("chmod", "u+w", image.toString()).output();
    nextRun();
    assertThat(Command.of("stat", "-c", "%a", image.toString()).output().strip()).isEqualTo("444");
  }

  private static Path imageFile() throws IOException {
    try (var files = Files.list(world.state().resolve("images/tiny"))) {
      return files.filter(file -> file.toString().endsWith(".img")).findFirst().orElseThrow();
    }
  }

  @Test
  void a_record_that_was_damaged_is_told() throws Exception {
    var record = world.state().resolve("instances/linda/instance.json");
    var before = Files.readAllBytes(record);
    Files.writeString(record, "{");
    var status = nextRun();
    Files.write(record, before);
    assertThat(status.path("problems").findValuesAsText("code")).contains("record-healed");
  }

  @Test
  void a_root_that_was_taken_away_is_told() throws Exception {
    var root = world.state().resolve("instances/bob/root.cow");
    var aside = root.resolveSibling("aside");
    Files.move(root, aside);
    var status = nextRun();
    Files.move(aside, root, StandardCopyOption.ATOMIC_MOVE);
    assertThat(status.path("problems").findValuesAsText("code")).contains("root-missing");
  }

  @Test
  void those_who_tell_it_of_changes_end_with_it_however_it_ends() throws Exception {
    assertThat(agent.end()).isIn(0, 143); // Another test has ended its own.
    agent = world.agent();
    runs_with_nothing_to_do();
    var children =
        ProcessHandle.of(agentProcess()).orElseThrow().children().map(ProcessHandle::pid).toList();
    assertThat(children).hasSize(3);
    agent.kill();
    World.await(
        "the end of " + children,
        () -> children.stream().noneMatch(pid -> Files.exists(Path.of("/proc/" + pid))));
    agent = world.agent();
  }

  /** The program that a namespace is entered by becomes it. */
  private static long agentProcess() {
    return agent.pid();
  }

  @Test
  void it_sees_changes_though_those_who_tell_of_them_are_gone() {
    ProcessHandle.of(agentProcess())
        .orElseThrow()
        .children()
        .filter(child -> World.commandLine(child.pid()).contains("monitor"))
        .forEach(child -> world.kill(child.pid()));
    in("ip link set dev tap-bob nomaster");
    nextRun();
    assertThat(in("ip link show dev tap-bob")).contains("master " + bridge);
  }
}
