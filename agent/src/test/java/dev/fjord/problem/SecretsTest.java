package dev.fjord.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  /** None of these was announced. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://u:Kx1@h/x.git|https://***@h/x.git",
        "see http://u:Kx1@h/x, and go on|see http://***@h/x, and go on",
        "HTTPS://u:Kx1@h/x|HTTPS://***@h/x",
        "https//u:Kx1@h/x|https//***@h/x",
        "https:/u:Kx1@h/x|https:/***@h/x",
        "https://ghp_0123456789@h/x|https://***@h/x",
        "https://u:K/x@1@h/x|https://***@h/x",
        "'ftp://u:Kx1@h/x'|'ftp://***@h/x'",
        "ssh://git:Kx1@h:2222/x|ssh://git:***@h:2222/x",
        "https://h/x?private_token=Kx1&a=b|https://h/x?private_token=***&a=b",
        // Nothing is secret in these.
        "ssh://git@example.org/x.git|ssh://git@example.org/x.git",
        "git@example.org:slart.git|git@example.org:slart.git",
        "https://example.org:8443/a@b/x|https://example.org:8443/a@b/x",
        "https://example.org/x?page=2|https://example.org/x?page=2",
        "create/image/tiny@0123|create/image/tiny@0123",
        "https://example.org/ by linda@example.org|https://example.org/ by linda@example.org",
      })
  void of_urls_that_nobody_announced_the_beginning_is_hidden(String text, String shown) {
    assertThat(Secrets.hidden(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://u:%s@h/x",
        "http://u:%s@h/x",
        "HTTPS://u:%s@h/x",
        "https//u:%s@h/x",
        "https:u:%s@h/x",
        "u:%s@h/x",
        "https://u:a/%s@h/x",
        "https://u:a@%s@h/x",
        "https://u:a:%s@h/x",
        "\"https://u:%s@h/x\"",
      })
  void what_was_learned_is_hidden_wherever_it_turns_up(String url) {
    String secret = "Zaphod" + Integer.toHexString(url.hashCode());
    Secrets.learnSettings("repository: " + url.formatted(secret) + "\nbranch: main\n");
    assertThat(Secrets.hidden("it was " + secret + ", said the server")).doesNotContain(secret);
    assertThat(Secrets.hidden(url.formatted(secret))).doesNotContain(secret);
    assertThat(Secrets.hidden("cut: " + secret.substring(0, 9) + "…")).doesNotContain("Zaphod");
    assertThat(Secrets.hidden("cut: " + secret.substring(0, 9) + "...")).doesNotContain("Zaphod");
  }

  @Test
  void it_is_known_in_the_forms_that_programs_make_of_it() {
    String plain = "Tr%illian\"\\ü§@:/ +#1";
    Secrets.learn("https://u:Tr%25illian%22%5C%C3%BC%C2%A7%40%3A%2F%20%2B%231@h/x");
    for (String form :
        new String[] {
          plain,
          "Tr%25illian%22%5C%C3%BC%C2%A7%40%3A%2F%20%2B%231",
          "Tr%25illian%22%5c%c3%bc%c2%a7%40%3a%2f%20%2b%231",
          "Tr%25illian%22%5C%C3%BC%C2%A7%40%3A%2F+%2B%231",
          "Tr%illian\\\"\\\\\\u00FC\\u00A7@:/ +#1",
        }) {
      assertThat(Secrets.hidden("<" + form + ">")).as(form).isEqualTo("<***>");
    }
    String header =
        Base64.getEncoder()
            .encodeToString(("u:" + plain).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(Secrets.hidden("Authorization: Basic " + header))
        .isEqualTo("Authorization: Basic ***");
  }

  @Test
  void a_token_may_stand_where_a_user_does() {
    Secrets.learn("https://ghp_0a1b2c3d4e5f6g7h8i9j@h/x");
    assertThat(Secrets.hidden("for ghp_0a1b2c3d4e5f6g7h8i9j")).isEqualTo("for ***");
    Secrets.learn("https://glpat-0123456789abcdef:x-oauth-basic@h/x");
    assertThat(Secrets.hidden("for glpat-0123456789abcdef")).isEqualTo("for ***");
  }

  @Test
  void proxies_have_passwords_too() {
    Secrets.learnProxies(
        Map.of("HTTPS_PROXY", "http://u:Slartib4rt@proxy:3128", "HOME", "a:Fjords77@b"));
    assertThat(Secrets.hidden("407 for Slartib4rt of Fjords77"))
        .isEqualTo("407 for *** of Fjords77");
  }

  @Test
  void a_short_word_is_hidden_only_where_it_is_a_password() {
    Secrets.learn("https://linda:main@example.org/x.git");
    Secrets.learn("https://linda@example.org/x.git");
    assertThat(Secrets.hidden("branch 'main' of linda")).isEqualTo("branch 'main' of linda");
    assertThat(Secrets.hidden("u linda:main@h")).isEqualTo("u ***@h");
    assertThat(Secrets.hidden("by x:main@h")).isEqualTo("by x:***@h");
  }
}
