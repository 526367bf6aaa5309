package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** An agent whose repository names signers. */
class SignedCommitsIT {
  @Test
  void acts_on_the_last_good_revision_until_a_signed_one_comes() throws Exception {
    try (var world = World.empty()) {
      world.settings("poll: 1s\n");
      world.site.reset();
      var site = Files.readString(world.folder.resolve("site/fjord.yaml"));
      var signers =
          """
            signers:
              - name: linda
                paths: ["**"]
                keys: [{ssh: %s}]
          """
              .formatted(world.publicKey("linda"));
      world.site.write("fjord.yaml", site + signers);
      var good = world.site.push("Name who signs");
      var agent = world.agent();
      agent.awaitSaying("converged at " + good, 1);

      world.site.write(BOB.with("memory", "96MiB"));
      var unsigned = world.site.push("More memory for bob");
      agent.awaitSaying("revision-untrusted", 1);
      dies(world, agent);
      var status = world.fjord("status");
      assertThat(status.exit()).isEqualTo(1);
      assertThat(status.text())
          .contains("commit-unsigned", unsigned.substring(0, 12), "revision-untrusted");
      assertThat(world.status().path("revision").asText()).isEqualTo(good);
      assertThat(world.guest("bob", "uname")).isEqualTo("Linux");

      var checked =
          world.fjord(
              "verify-commits",
              good + ".." + unsigned,
              "--repository",
              world.folder.resolve("site.git").toString());
      assertThat(checked.exit()).as("%s", checked).isEqualTo(4);

      // Another agent, which knows nothing but what is on the disk, does not follow it either.
      agent.kill();
      var again = world.agent();
      again.awaitSaying("revision-untrusted", 1);
      assertThat(world.status().path("revision").asText()).isEqualTo(good);

      world.site.git("config", "gpg.format", "ssh");
      world.site.git("config", "user.signingkey", world.key("linda") + ".pub");
      world.site.git("commit", "-q", "--amend", "--no-edit", "-S");
      world.site.git("push", "-q", "--force", "origin", "main");
      var signed = world.site.git("rev-parse", "HEAD").strip();
      again.awaitSaying("converged at " + signed, 1);
      again.await("a status that is well", () -> world.fjord("status").exit() == 0);
    }
  }

  private static void dies(World world, Agent agent) {
    var linda = world.pid("linda");
    world.kill(linda);
    agent.await(
        "linda's machine to come back",
        () -> {
          var now = world.kernelOf("linda");
          return now > 0 && now != linda && world.answers(world.address("linda"));
        });
  }
}
