package dev.fjord.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.AgentSettings;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgentSettingsLoaderTest {
  private static Checked<AgentSettings> load(String text) {
    return AgentSettingsLoader.load(
        "/etc/fjord/agent.yaml", text.getBytes(StandardCharsets.UTF_8), "Slart.example.org");
  }

  @Test
  void a_repository_is_all_that_has_to_be_said() {
    AgentSettings settings = load("repository: /srv/slart.git\n").orThrow();
    assertThat(settings.branch()).isEqualTo("main");
    assertThat(settings.host().value()).isEqualTo("slart");
    assertThat(settings.layout().state()).isEqualTo(Path.of("/var/lib/fjord"));
    assertThat(settings.layout().run()).isEqualTo(Path.of("/run/fjord"));
    assertThat(settings.poll()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.readyTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(settings.identity()).isNull();
  }

  @Test
  void everything_said_is_taken() {
    AgentSettings settings =
        load("""
        repository: ssh://git@example.org/slart.git
        branch: live
        host: deep-thought
        stateDirectory: /srv/fjord
        runDirectory: /run/f
        poll: 5m
        ssh: {identity: /etc/fjord/id, knownHosts: /etc/fjord/known_hosts}
        readyTimeout: 1h
        stopTimeout: 1s
        """)
            .orThrow();
    assertThat(settings.host().value()).isEqualTo("deep-thought");
    assertThat(settings.layout().state()).isEqualTo(Path.of("/srv/fjord"));
    assertThat(settings.poll()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.identity()).isEqualTo(Path.of("/etc/fjord/id"));
    assertThat(settings.readyTimeout()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void all_faults_come_at_once() {
    var loaded =
        load(
            """
            repository: git@example.org:slart.git
            brnch: main
            stateDirectory: /var/lib/a,b
            poll: 30
            ssh: {identity: id_ed25519}
            stopTimeout: 0s
            """);
    assertThat(loaded.value()).isNull();
    assertThat(loaded.problems())
        .extracting(problem -> problem.location() + " " + problem.summary())
        .containsExactly(
            "/etc/fjord/agent.yaml:1:13 repository of the agent's settings:"
                + " 'git@example.org:slart.git' is not a repository",
            "/etc/fjord/agent.yaml:2:1 unknown field 'brnch' in the agent's settings",
            "/etc/fjord/agent.yaml:3:17 stateDirectory of the agent's settings: '/var/lib/a,b' must"
                + " be an absolute path of letters, digits and -_./+@ only: User-Mode Linux splits"
                + " its disk arguments at ',' and ':'",
            "/etc/fjord/agent.yaml:4:7 poll of the agent's settings: 30 is not a duration",
            "/etc/fjord/agent.yaml:5:17 ssh.identity of the agent's settings: 'id_ed25519' is not"
                + " an absolute path",
            "/etc/fjord/agent.yaml:6:14 stopTimeout of the agent's settings: '0s' is not a"
                + " duration");
  }

  @Test
  void an_empty_file_lacks_its_settings() {
    assertThat(load("# later\n").problems()).extracting(Problem::code).contains("bad-document");
  }

  @Test
  void a_machine_whose_name_is_none_has_to_be_told_its_host() {
    var loaded =
        AgentSettingsLoader.load(
            "agent.yaml", "repository: /x\n".getBytes(StandardCharsets.UTF_8), "4711");
    assertThat(loaded.problems()).extracting(Problem::code).containsExactly("missing-field");
  }
}
