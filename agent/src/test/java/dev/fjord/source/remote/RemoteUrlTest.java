package dev.fjord.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteUrlTest {
  @ParameterizedTest
  @CsvSource({
    "https://linda:secret@example.org/slart.git, https://example.org/slart.git",
    "https://ghp_token@example.org/slart.git, https://example.org/slart.git",
    "https://example.org/slart.git?private_token=secret, https://example.org/slart.git",
    "ssh://git:secret@example.org:2222/slart.git, ssh://git@example.org:2222/slart.git",
    "git@example.org:slart.git, git@example.org:slart.git",
    "file:///srv/slart.git, file:///srv/slart.git",
    "/srv/slart.git, /srv/slart.git",
  })
  void is_shown_without_what_is_secret(String text, String shown) {
    assertThat(RemoteUrl.of(text)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "slart.git",
        "../slart.git",
        "git://example.org/slart.git",
        "ext::sh -c reboot",
        "ftp://linda:secret@example.org/slart.git",
        "https:///slart.git",
        "C:\\slart.git ssh://git:secret@example.org",
      })
  void refuses_what_nobody_should_fetch_from(String text) {
    assertThatThrownBy(() -> RemoteUrl.of(text))
        .hasMessageContaining("is not the URL of a repository")
        .hasMessageNotContaining("secret");
  }
}
