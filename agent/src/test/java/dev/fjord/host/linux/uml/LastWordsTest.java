package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Death.Cause;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastWordsTest {
  private static final String ABORTED =
      "=== Command terminated with exit status 134 (Mon Nov 30 19:06:24 2026) ===";
  private static final String PANIC =
      "[   12.340000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009";

  @Test
  void a_panic_is_the_reason_and_its_call_trace_is_left_out() {
    var words =
        shown(
            "login: ",
            "[    1.000000] one",
            PANIC,
            "[   12.350000] CPU: 0 PID: 1 Comm: init Not tainted 6.1.176 #1",
            "[   12.360000] Stack:",
            ABORTED);
    assertThat(words.ending(0))
        .isEqualTo(
            new LastWords.Ending(
                Cause.PANICKED,
                "its kernel panicked: Attempted to kill init! exitcode=0x00000009"));
    assertThat(words.kernelLines()).containsExactly("[    1.000000] one", PANIC);
    assertThat(words.told()).startsWith("login:").endsWith(PANIC);
  }

  @Test
  void a_row_that_is_full_goes_on_in_the_next_one() {
    var line = PANIC + " and more than a terminal is wide";
    var words = shown(line.substring(0, 80), line.substring(80), "a program's");
    assertThat(words.kernelLines()).containsExactly(line);
  }

  @ParameterizedTest
  @CsvSource({
    "reboot: Power down, SHUT_DOWN, its guest powered off",
    "reboot: Restarting system, SHUT_DOWN, its guest rebooted",
    "reboot: System halted, SHUT_DOWN, its guest halted",
    "random: crng init done, SHUT_DOWN, 'its guest powered off, halted or rebooted'"
  })
  void what_the_kernel_said_last_tells_what_was_asked_of_it(String said, Cause cause, String told) {
    for (var how : List.of("detached from window", "terminated normally")) {
      var end = "=== Command " + how + " (Mon Nov 30 19:06:13 2026) ===";
      assertThat(shown("[    3.000000] " + said, end).ending(0))
          .isEqualTo(new LastWords.Ending(cause, told));
    }
  }

  @Test
  void what_was_noted_of_its_end_counts_more_than_what_its_console_says() {
    var forged = "=== Command terminated with signal 9 (Mon Nov 30 19:06:13 2026) ===";
    assertThat(new LastWords(forged, false, 134).status()).isEqualTo(134);
    assertThat(new LastWords(forged, false, 0).ending(0).cause()).isEqualTo(Cause.SHUT_DOWN);
    assertThat(new LastWords("no word", false, 159).ending(0).summary())
        .startsWith("it was killed by signal 31 (SYS");
  }

  @ParameterizedTest
  @CsvSource({
    "exit status 137, KILLED, it was killed by signal 9 (KILL)",
    "signal 9, KILLED, it was killed by signal 9 (KILL)",
    "exit status 139, KILLED, it was killed by signal 11 (SEGV)",
    "exit status 162, KILLED, it was killed by signal 34",
    "exit status 1, EXITED, it ended by itself with exit status 1"
  })
  void the_terminal_tells_how_the_process_ended(String end, Cause cause, String told) {
    var row = "=== Command terminated with " + end + " (Mon Nov 30 19:06:13 2026) ===";
    assertThat(shown("login: ", row).ending(0)).isEqualTo(new LastWords.Ending(cause, told));
  }

  @Test
  void want_of_memory_counts_where_it_was_the_end() {
    var killed = shown("=== Command terminated with exit status 137 (x) ===");
    assertThat(killed.ending(2).cause()).isEqualTo(Cause.OUT_OF_MEMORY);
    assertThat(killed.ending(2).summary()).contains("killed 2 of its processes for want of memory");
    assertThat(LastWords.NONE.ending(1).cause()).isEqualTo(Cause.OUT_OF_MEMORY);
    assertThat(shown(PANIC, ABORTED).ending(2).cause()).isEqualTo(Cause.PANICKED);
    assertThat(LastWords.NONE.ending(0).cause()).isEqualTo(Cause.UNKNOWN);
  }

  /** The rows of a session in which somebody has typed a secret, in each way that it may lie. */
  @Test
  void what_may_have_been_typed_is_not_kept() {
    var full = "[   11.000000] " + "x".repeat(65);
    var words =
        new LastWords(
            String.join(
                "\n",
                "# export SECRET=hunter2",
                full,
                "hunter2",
                "# echo hunter2[   11.500000] device vec0 left",
                "# cat hunter2",
                "# BUG: hunter2",
                "BUG: unable to handle",
                "# hunter2 sysrq: HELP",
                PANIC,
                ABORTED),
            true);
    assertThat(words.kept())
        .isEqualTo(
            String.join(
                "\n",
                full,
                "[   11.500000] device vec0 left",
                "BUG: unable to handle",
                "sysrq: HELP",
                PANIC,
                ABORTED))
        .doesNotContain("hunter");
    assertThat(words.told()).doesNotContain("hunter");
    assertThat(words.ending(0).cause()).isEqualTo(Cause.PANICKED);
  }

  @Test
  void what_a_guest_writes_is_bounded_and_printable() {
    var rows =
        IntStream.range(0, 5000)
            .mapToObj(i -> "[   11.000000] \033]0;title\007" + "y".repeat(3000))
            .collect(Collectors.joining("\n"));
    var lines = new LastWords(rows, false).kernelLines();
    assertThat(lines).hasSize(15).allMatch(line -> line.length() <= 401);
    assertThat(lines.get(0)).doesNotContain("\033").doesNotContain("\007");
  }

  private static LastWords shown(String... rows) {
    return new LastWords(String.join("\n", rows), false);
  }
}
