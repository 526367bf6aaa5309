package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines that are moved to a new version of their image, with what is theirs. */
class RebaseIT {
  private static final Machine MOVES = LINDA.with("onImageChange", "rebase");
  private static World world;
  private static int versions;

  @BeforeAll
  static void a_host() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  /** linda's machine is made anew on the first version, with files of hers. */
  @BeforeEach
  void linda_has_files() throws Exception {
    world.site.write("images/tiny.yaml", pinned(Ready.tinyImage()));
    world.site.remove(LINDA).push("linda leaves", "Fjord-Allow-Deletes: 9");
    world.settles();
    for (var entry : world.state().resolve("trash").toFile().listFiles()) {
      Command.of("rm", "-r", entry.toString()).output();
    }
    world.site.write(LINDA).push("linda comes");
    world.settles();
    world.forgetHostKeys();
    world.guest(
        "linda",
        "echo mine >/root/note; chmod 600 /root/note; echo hers >/etc/motd;"
            + " rm /etc/shells; ln -s /root/note /etc/link; echo kept >/srv/storage/note; sync");
  }

  private static String pinned(Path image) throws Exception {
    return Site.pinned("Image", "tiny", image, "64MiB");
  }

  /** What debugfs(8) is told makes another version of the image. */
  private static Path version(String... commands) throws Exception {
    var image = world.folder.resolve("tiny" + ++versions + ".img");
    Files.copy(Ready.tinyImage(), image);
    Command.of("chmod", "0644", image.toString()).output();
    var script = Files.write(world.folder.resolve("script"), List.of(commands));
    Command.of("debugfs", "-w", "-f", script.toString(), image.toString()).output();
    Command.of("e2label", image.toString(), "version" + versions).output();
    return image;
  }

  private static Path newer() throws Exception {
    var text = Files.writeString(world.folder.resolve("text"), "of version " + versions + "\n");
    return version("rm /etc/motd", "write " + text + " /etc/motd", "write " + text + " /etc/new");
  }

  /** There is no program that could be its init: the kernel panics. */
  private static Path broken() throws Exception {
    var text = Files.writeString(world.folder.resolve("text"), "no program");
    return version("rm /bin/busybox", "write " + text + " /bin/busybox");
  }

  private static JsonNode outcome(Run run, String change) {
    for (var outcome : run.json().path("outcomes")) {
      if (outcome.path("change").asText().equals(change)) {
        return outcome;
      }
    }
    throw new AssertionError(change + " is not in " + run);
  }

  @Test
  void her_files_come_along_and_the_rest_is_as_the_new_version_has_it() throws Exception {
    var bob = world.pid("bob");
    world.site.write("images/tiny.yaml", pinned(newer())).push("A new image");
    world.settles();
    assertThat(world.instance("linda").path("outdated").asBoolean()).isTrue();
    var linda = world.pid("linda");
    var said = world.fjord("rebase", "--dry-run", "linda");
    assertThat(said.exit()).as("%s", said).isZero();
    assertThat(said.text()).contains("/etc/motd: both changed it; the partner's is kept");
    var dry = world.fjord("rebase", "--dry-run", "linda", "--format", "json").json();
    assertThat(world.pid("linda")).isEqualTo(linda);
    assertThat(world.plan().changes()).isEmpty();

    world.site.write(MOVES).push("linda moves along");
    var plan = world.plan();
    assertThat(plan.changes()).containsExactly("restart instance/linda");
    assertThat(plan.change().path("disruption").asText()).isEqualTo("restart");
    assertThat(plan.change().path("reason").asText()).contains("its root is carried over from");
    var run = world.settles();

    var report = outcome(run, "restart/instance/linda").path("rebase");
    assertThat(report.path("listed")).isEqualTo(dry.path("listed"));
    assertThat(report.path("removed")).isEqualTo(dry.path("removed"));
    assertThat(world.guest("linda", "cat /root/note /etc/link /etc/motd /srv/storage/note"))
        .isEqualTo("mine\nmine\nhers\nkept");
    assertThat(world.guest("linda", "stat -c %a /root/note; test -e /etc/shells || echo gone"))
        .isEqualTo("600\ngone");
    assertThat(world.guest("linda", "cat /etc/new")).startsWith("of version");
    assertThat(world.instance("linda").path("outdated").asBoolean(true)).isFalse();
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(rootsInTrash()).isEqualTo(1);
    assertThat(world.settles().changes()).isEmpty();
  }

  @Test
  void who_does_not_come_up_is_put_back_and_the_version_is_not_tried_again() throws Exception {
    world.site.write(MOVES).push("linda moves along");
    world.settles();
    world.site.write("images/tiny.yaml", pinned(broken())).push("A broken image");

    var failed = world.apply();

    assertThat(failed.exit()).as("%s", failed).isEqualTo(5);
    var problem = outcome(failed, "restart/instance/linda").path("problem");
    assertThat(problem.path("code").asText()).isEqualTo("rebase-failed");
    assertThat(problem.path("hint").asText()).contains("The next run puts it back");

    var back = world.apply();
    assertThat(back.plan().path("changes").findValuesAsText("cause"))
        .isNotEmpty()
        .containsOnly("rollback");
    assertThat(world.guest("linda", "cat /root/note /etc/motd")).isEqualTo("mine\nhers");
    assertThat(rootsInTrash()).as("the one that did not do").isEqualTo(1);

    var again = world.apply();
    assertThat(again.exit()).isEqualTo(4);
    assertThat(again.changes()).isEmpty();
    assertThat(again.plan().path("refused").path(0).path("guard").asText())
        .isEqualTo("image-rebase");

    world.settings("poll: 1h\n");
    world.site.write("images/tiny.yaml", pinned(broken())).push("A broken image again");
    var agent = world.agent();
    agent.awaitSaying("start instance linda ... done", 1);
    assertThat(world.guest("linda", "cat /root/note")).as("without a poke").isEqualTo("mine");
    agent.kill();

    world.site.write("images/tiny.yaml", pinned(newer())).push("A better image");
    world.settles();
    assertThat(world.guest("linda", "cat /root/note /etc/motd")).isEqualTo("mine\nhers");
    assertThat(world.guest("linda", "cat /etc/new")).startsWith("of version");
  }

  @Test
  void killed_at_any_moment_of_it_the_next_run_ends_it() throws Exception {
    world.site.write(MOVES).push("linda moves along");
    world.settles();
    for (int wait : new int[] {300, 1500, 2800}) {
      world.site.write("images/tiny.yaml", pinned(newer())).push("A new image");
      var apply = world.begin("apply");
      World.await(
          "the restart", () -> apply.said("restart instance linda ...") > 0 || !apply.isAlive());
      Thread.sleep(wait);
      apply.kill();
      world.settles();
      assertThat(world.guest("linda", "cat /root/note /etc/motd /srv/storage/note"))
          .as("after %s ms", wait)
          .isEqualTo("mine\nhers\nkept");
      assertThat(world.guest("linda", "cat /etc/new")).startsWith("of version");
      assertThat(world.settles().changes()).isEmpty();
    }
  }

  private static long rootsInTrash() throws Exception {
    try (Stream<Path> files = Files.walk(world.state().resolve("trash"))) {
      return files.filter(file -> file.endsWith("root.cow")).count();
    }
  }
}
