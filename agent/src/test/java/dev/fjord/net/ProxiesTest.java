package dev.fjord.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.problem.ProblemException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  @Test
  void without_one_it_goes_straight() {
    assertThat(way(Map.of(), "https://example.org/x")).isEqualTo("straight");
    assertThat(way(Map.of("http_proxy", "http://p:1"), "https://example.org/x"))
        .isEqualTo("straight");
  }

  @ParameterizedTest
  @CsvSource({
    "https_proxy, http://proxy.example:3128, proxy.example:3128",
    "HTTPS_PROXY, proxy.example:3128/, proxy.example:3128",
    "all_proxy, http://proxy.example, proxy.example:1080",
    "ALL_PROXY, http://proxy.example, proxy.example:1080"
  })
  void takes_the_usual_names(String name, String value, String way) {
    assertThat(way(Map.of(name, value), "https://example.org/x")).isEqualTo(way);
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, straight",
    ".example.org, straight",
    "*.example.org, straight",
    "'other, EXAMPLE.org', straight",
    "images.example.org, straight",
    "images.example.org:443, straight",
    "*, straight",
    "ample.org, p:1",
    "other.example.org, p:1",
    "images.example.org:444, p:1",
    "'', p:1",
    "' , ', p:1"
  })
  void passes_the_proxy_by_where_it_is_told_to(String exceptions, String way) {
    var environment = Map.of("https_proxy", "http://p:1", "NO_PROXY", exceptions);
    assertThat(way(environment, "https://images.example.org/x")).isEqualTo(way);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://linda:secret@p:1", "https://p:1", "socks5://p:1", "http://", "a b"})
  void what_is_no_proxy_is_told_without_its_words(String value) {
    var problem =
        catchThrowableOfType(
                ProblemException.class,
                () -> way(Map.of("https_proxy", value), "https://example.org/x"))
            .problem();
    assertThat(problem.summary()).isEqualTo("the environment's proxy (https_proxy) cannot be used");
    assertThat(problem.hint())
        .isEqualTo(
            "It has the form http://host:port: without user name and password, and the way to the"
                + " proxy itself is not encrypted.");
    assertThat(problem.toString()).doesNotContain("secret");
  }

  private static String way(Map<String, String> environment, String uri) {
    var ways = new Proxies(environment).select(URI.create(uri));
    assertThat(ways).hasSize(1);
    return ways.get(0).address() instanceof InetSocketAddress proxy
        ? proxy.getHostString() + ":" + proxy.getPort()
        : "straight";
  }
}
