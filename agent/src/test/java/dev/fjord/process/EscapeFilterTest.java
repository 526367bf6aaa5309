package dev.fjord.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapeFilterTest {
  private static String shown(String sent) {
    var bytes = sent.getBytes(UTF_8);
    return new String(new EscapeFilter().pass(bytes, bytes.length), UTF_8);
  }

  /** As it comes from a pipe: cut anywhere. */
  private static String shownByteByByte(String sent) {
    var filter = new EscapeFilter();
    var all = new StringBuilder();
    for (var octet : sent.getBytes(UTF_8)) {
      all.append(new String(filter.pass(new byte[] {octet}, 1), ISO_8859_1));
    }
    return new String(all.toString().getBytes(ISO_8859_1), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain text, \t tabs\r\n and \b\b\u0007 bells",
        "ö € 𝄞 and \u00a0",
        "\u001b[H\u001b[2J\u001b[1;31mred\u001b[m\u001b[38;2;1;2;3m\u001b[38:5:9m",
        "\u001b[?1049h\u001b[?25l\u001b[?1;7h\u001b[4h\u001b[34l\u001b[1;24r\u001b[3L\u001b[K",
        "\u001b7\u001b8\u001b=\u001b>\u001b(B\u001b)0\u000e\u000f\u001bM",
      })
  void what_a_screen_is_made_of_is_shown(String harmless) {
    assertThat(shown(harmless)).isEqualTo(harmless);
    assertThat(shownByteByByte(harmless)).isEqualTo(harmless);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b]0;title\u0007",
        "\u001b]52;c;cm0gLXJmIC8K\u0007",
        "\u001b]52;c;?\u001b\\",
        "\u009d52;c;?\u0007",
        "\u001b]4;1;?\u0007",
        "\u001bkscreen's title\u001b\\",
        "\u001bP$qm\u001b\\",
        "\u001bP+q544e\u001b\\",
        "\u001b_Gi=31;AAAA\u001b\\",
        "\u001b^private\u001b\\",
        "\u001bXstart\u001b\\",
        "\u0005",
        "\u001bZ",
        "\u001bc",
        "\u001b[c",
        "\u001b[>c",
        "\u001b[=c",
        "\u001b[?c",
        "\u001b[5n",
        "\u001b[6n",
        "\u001b[?6n",
        "\u001b[21t",
        "\u001b[20t",
        "\u001b[3;0;0t",
        "\u001b[x",
        "\u001b[?u",
        "\u001b[>1u",
        "\u001b[>4;2m",
        "\u001b[?4m",
        "\u001b[?1;1;0S",
        "\u001b[1;2;3;4;5T",
        "\u001b[>q",
        "\u001b[!p",
        "\u001b[?2026$p",
        "\u001b[5i",
        "\u001b[4i",
        "\u001b[?1000h",
        "\u001b[?1;1003h",
        "\u001b[?1004h",
        "\u001b[?2004h",
        "\u001b[2h",
        "\u001b[12h",
        "\u001b[99999999b",
        "\u001b[1;1'w",
        "\u001b%@",
        "\u001b#8",
        "\u009bc",
        "\u009c",
      })
  void what_a_terminal_answers_or_obeys_is_not(String hostile) {
    assertThat(shown("a" + hostile + "b")).isEqualTo("ab");
    assertThat(shownByteByByte("a" + hostile + "b")).isEqualTo("ab");
  }

  /** Eight bits that are no UTF-8 would be control characters to a terminal of another kind. */
  @ParameterizedTest
  @ValueSource(
      strings = {"\u009b" + "c", "\u0090", "\u00c3", "\u00e2\u0082", "\u00ff", "\u00c0\u0080"})
  void what_is_no_utf_8_is_a_question_mark(String octets) {
    var bytes = ("a" + octets + "b").getBytes(ISO_8859_1);
    var shown = new String(new EscapeFilter().pass(bytes, bytes.length), ISO_8859_1);
    assertThat(shown).matches("a[?c]+b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u001b[", "\u001b]", "\u001bP", "\u001b("})
  void one_that_never_ends_takes_no_room_and_the_next_one_ends_it(String begun) {
    var text = begun + "1".repeat(100_000) + "\u001b[H\u001b[31mred";
    assertThat(shown(text)).endsWith("\u001b[H\u001b[31mred");
  }
}
