package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.json.ModelJson;
import dev.fjord.trust.git.SignedSite;
import dev.fjord.trust.git.SignedSite.Trusted;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fjord verify-commits}, which needs no settings. */
class VerifyCommitsTest {
  @TempDir Path folder;
  private SignedSite site;
  private String base = "";

  @BeforeEach
  void a_site() throws Exception {
    site = new SignedSite(folder).ssh("linda");
    site.write("fjord.yaml", site.site(Trusted.of("linda", "partners/linda/**", "fjord.yaml")));
    base = site.commit(null);
  }

  @AfterEach
  void close() {
    site.close();
  }

  @Test
  void names_who_signed_and_counts() throws Exception {
    String good = site.write("partners/linda/a.yaml", "a").commit("linda");

    CommandRun run = run(base + "..main");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains(good.substring(0, 12) + "  signed by linda, SHA256:")
        .endsWith("1 of 1 commits are trusted\n");
    assertThat(run(base + ".." + base).exit()).isZero();
  }

  @Test
  void says_what_is_refused_to_people_and_to_programs() throws Exception {
    String good = site.write("partners/linda/a.yaml", "a").commit("linda");
    String bad = site.write("hosts/slart.yaml", "b").commit("linda");

    CommandRun run = run(base + "..HEAD");
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.err())
        .contains("commit-out-of-path", bad.substring(0, 12), "linda", "hosts/slart.yaml");
    assertThat(run.out()).contains("1 of 2");
    CommandRun programs = run("--format", "json", base + "..HEAD");
    assertThat(programs.exit()).isEqualTo(4);
    JsonNode json = ModelJson.mapper().readTree(programs.out());
    assertThat(json.path("version").asInt()).isEqualTo(1);
    assertThat(json.path("trusted").asBoolean()).isFalse();
    assertThat(json.at("/commits/0/id").asText()).isEqualTo(good);
    assertThat(json.at("/commits/0/signer").asText()).isEqualTo("linda");
    assertThat(json.at("/commits/1/refused/code").asText()).isEqualTo("commit-out-of-path");
  }

  @Test
  void a_bare_repository_serves_as_well_as_a_clone() throws Exception {
    site.write("partners/linda/a.yaml", "a").commit(null);
    Path bare = folder.resolve("bare.git");
    site.run("git", "clone", "-q", "--bare", site.folder().toString(), bare.toString());

    CommandRun run = CommandRun.alone("verify-commits", base + "..main", "--repository", "" + bare);
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.err()).contains("commit-unsigned");
  }

  @Test
  void what_cannot_be_checked_is_an_error() throws Exception {
    site.write("fjord.yaml", site.site()).commit("linda");
    CommandRun nobody = run("HEAD..HEAD");
    assertThat(nobody.exit()).isEqualTo(1);
    assertThat(nobody.err()).contains("no-signers");

    assertThat(run("nothing..HEAD").err()).contains("revision-unknown");
    assertThat(run("HEAD").exit()).isEqualTo(64);
    assertThat(run("..HEAD").exit()).isEqualTo(64);
    assertThat(run(base + "...HEAD").exit()).isEqualTo(64);
    Path sha256 = folder.resolve("sha256");
    site.run("git", "init", "-q", "--object-format=sha256", sha256.toString());
    CommandRun unread =
        CommandRun.alone("verify-commits", "HEAD..HEAD", "--repository", sha256.toString());
    assertThat(unread.exit()).isEqualTo(1);
    assertThat(unread.err()).contains("sha256");
  }

  private CommandRun run(String... words) {
    String[] all = new String[words.length + 3];
    all[0] = "verify-commits";
    all[1] = "--repository";
    all[2] = site.folder().toString();
    System.arraycopy(words, 0, all, 3, words.length);
    return CommandRun.alone(all);
  }
}
