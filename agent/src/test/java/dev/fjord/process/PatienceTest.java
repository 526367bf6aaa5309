package dev.fjord.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Patience.Verdict;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories of a boot, a look a second, told by letters. It has 20 seconds, ten times as many as
 * long as it moves, and may stand still for 10.
 *
 * <pre>
 * r  it runs           k  it wants to and is not let     h  it wants to and has half a processor
 * -  it sleeps         d  it waits for a disk            p  it sleeps, and its console has grown
 * L  nobody looked for a minute
 * </pre>
 */
class PatienceTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Patience patience =
      Patience.of(LIMIT).whileMoving(LIMIT.multipliedBy(10)).untilStillFor(LIMIT.dividedBy(2));
  private long seconds;
  private long ran;
  private long grown;

  static Stream<Arguments> histories() {
    return Stream.of(
        Arguments.of("----------", Verdict.STANDS_STILL, "one that hangs is told early"),
        Arguments.of("rrrr----------", Verdict.STANDS_STILL, "also when it has moved before"),
        Arguments.of("r".repeat(40), Verdict.WAIT, "a slow processor"),
        Arguments.of("r".repeat(200), Verdict.OVER, "one that runs in a circle"),
        Arguments.of("k".repeat(390), Verdict.WAIT, "a host that is busy with others"),
        Arguments.of("k".repeat(400), Verdict.OVER, "but not for ever"),
        Arguments.of("h".repeat(390), Verdict.WAIT, "half a processor is half the time"),
        Arguments.of("d".repeat(150), Verdict.WAIT, "a slow disk"),
        Arguments.of("p".repeat(150), Verdict.WAIT, "a console that goes on"),
        Arguments.of("---r".repeat(5) + "-", Verdict.OVER, "what moves now and then has its time"),
        Arguments.of("--------k-", Verdict.WAIT, "a sign of life gives it some more"),
        Arguments.of("--------k-----", Verdict.STANDS_STILL, "but one alone not all of it"),
        Arguments.of("L".repeat(4), Verdict.WAIT, "whoever looks may be late itself"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("histories")
  void what_it_does_decides(String history, Verdict last, String why) {
    var verdict = look('r');
    for (var i = 0; i < history.length(); i++) {
      assertThat(verdict).as("%s, after %d s", why, i).isEqualTo(Verdict.WAIT);
      verdict = look(history.charAt(i));
    }
    assertThat(verdict).as(why).isEqualTo(last);
  }

  /** The first look begins, and sees nothing. */
  private Verdict look(char letter) {
    var begins = seconds == 0;
    seconds += letter == 'L' ? 60 : 1;
    ran += begins ? 0 : letter == 'r' ? 1000 : letter == 'h' ? 500 : 0;
    grown += letter == 'p' ? 1 : 0;
    var effort = new Effort(ran, "rkh".indexOf(letter) >= 0, letter == 'd');
    return patience.look(seconds * 1_000_000_000, () -> effort, () -> grown);
  }
}
