package dev.fjord.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.ResourceName;
import dev.fjord.watch.HealthEvaluator.Assessment;
import dev.fjord.watch.ProbeResult.State;
import dev.fjord.watch.Watched.Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks of five seconds each, told by letters: what linda's machine, or bob's, answers.
 *
 * <pre>
 * w  well              k  no answer on the mconsole     p  paused
 * n  address silent    u  its clock stands still        t  its port accepts nothing
 * W  its root is read-write                             r  its root is read-only
 * d  process gone      s  starved: it is not let run    b  its port does not, and it is at work
 * x  this host could not ask its port
 * </pre>
 */
class HealthEvaluatorTest {
  private static final ResourceName LINDA = new ResourceName("linda");
  private static final ResourceName BOB = new ResourceName("bob");
  private static final ResourceName LAN = new ResourceName("lan");
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Rules RULES = Rules.of(INTERVAL, Duration.ofSeconds(30));

  private final HealthEvaluator evaluator = new HealthEvaluator(RULES, HealthReport.NOTHING);
  private final List<String> nudges = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<Integer> looks = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int round;
  private long pid = 100;
  private boolean repair = true;
  private Assessment last = new Assessment(Map.of(), List.of(), false, report());

  private static HealthReport report() {
    return new HealthReport(Instant.EPOCH, 5000, Map.of(), Map.of());
  }

  static Stream<Arguments> histories() {
    return Stream.of(
        Arguments.of("wwww", "", null, "one that is well is let alone"),
        Arguments.of("wd", "", Verdict.DEAD, "death needs no second look"),
        Arguments.of("wkw", "1PING", null, "one answer is lost now and then"),
        Arguments.of("wkkkw", "1PING 2SIGIO 3SYSRQ", null, "a nudge that helps"),
        Arguments.of("wkkkk", "1PING 2SIGIO 3SYSRQ", Verdict.KERNEL_HUNG, "and one that does not"),
        Arguments.of("wuuuu", "1PING 2SIGIO 3SYSRQ", Verdict.KERNEL_HUNG, "a clock that stands"),
        Arguments.of("wnnnn", "1PING 2SIGIO 3SYSRQ", Verdict.NETWORK_WRONG, "an address"),
        Arguments.of("wtttt", "1PING 2SIGIO 3SYSRQ", Verdict.USER_SPACE_HUNG, "a port"),
        Arguments.of("ttttt", "", null, "a port that has not opened yet"),
        Arguments.of("tttttttttt", "6PING 7SIGIO 8SYSRQ", Verdict.USER_SPACE_HUNG, "nor ever will"),
        Arguments.of("wssssssss", "", null, "a host that is busy is nobody's ailment"),
        Arguments.of("wxxxxxxxx", "", null, "what this host cannot ask is nobody's ailment"),
        Arguments.of("xttttt", "", null, "nor has its port opened by that"),
        Arguments.of("wttxtt", "1PING 2SIGIO 4SYSRQ", Verdict.USER_SPACE_HUNG, "and no answer"),
        Arguments.of(
            "wkkskk", "1PING 2SIGIO 4SYSRQ", Verdict.KERNEL_HUNG, "nor does it excuse one"),
        Arguments.of("bbbbbbbbbbbbbb", "", null, "services that start slowly, as long as they do"),
        Arguments.of("wbbbb", "1PING 2SIGIO 3SYSRQ", Verdict.USER_SPACE_HUNG, "but not once more"),
        Arguments.of("wkkpp", "1PING 2SIGIO", null, "one that is paused is asked nothing"),
        Arguments.of("wkkwkkw", "1PING 2SIGIO 4PING 5SIGIO", null, "each time from the beginning"),
        Arguments.of("wkkkkw", "1PING 2SIGIO 3SYSRQ", null, "one that comes back late"),
        Arguments.of("wkknn", "1PING 2SIGIO 3SYSRQ", Verdict.NETWORK_WRONG, "the last one counts"));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("histories")
  void what_is_answered_decides(String history, String nudged, Verdict verdict, String why) {
    play(history);
    assertThat(String.join(" ", nudges)).as(why).isEqualTo(nudged);
    assertThat(ailment() == null ? null : ailment().verdict()).as(why).isEqualTo(verdict);
  }

  @Test
  void a_death_is_told_once_and_a_run_looks_at_once_then_less_and_less_often() {
    play("wdddddddd");
    assertThat(told).containsExactly("instance linda: its kernel has ended: process 100 is gone");
    assertThat(looks).containsExactly(1, 2, 4, 8);
    assertThat(ailment().restartFrom()).as("the planner starts it anyway").isNull();
  }

  @Test
  void a_kernel_that_hangs_may_be_restarted_at_once_and_says_what_was_tried() {
    play("wkkkk");
    assertThat(ailment().restartFrom()).isEqualTo(now);
    assertThat(ailment().since()).isEqualTo(now.minus(INTERVAL.multipliedBy(3)));
    assertThat(ailment().detail())
        .isEqualTo(
            "no answer to 'proc uptime' on its mconsole in 4 checks;"
                + " tried in between: a ping, SIGIO, sysrq h");
    assertThat(looks).containsExactly(4);
  }

  @Test
  void a_network_is_given_time_and_two_runs() {
    play("w" + "n".repeat(25));
    assertThat(ailment().restartFrom()).isEqualTo(ailment().since().plusSeconds(120));
    assertThat(looks).as("when it is found, and when a restart is due").containsExactly(4, 25);
  }

  @Test
  void a_root_that_becomes_read_only_is_told_at_once_and_given_time() {
    play("wwWwwr");
    assertThat(ailment().verdict()).isEqualTo(Verdict.ROOT_READ_ONLY);
    assertThat(ailment().detail()).isEqualTo("its kernel writes to it no more, and did before");
    assertThat(ailment().restartFrom()).isEqualTo(ailment().since().plusSeconds(120));
    play("ww");
    assertThat(ailment()).as("it was not asked again").isNotNull();
    assertThat(nudges).isEmpty();
    play("nk");
    assertThat(ailment().verdict()).as("from the bottom up").isEqualTo(Verdict.KERNEL_HUNG);
    play("rW");
    assertThat(ailment()).isNull();
  }

  @Test
  void a_root_that_never_was_writable_is_meant_to_be_so() {
    play("wrrrrrr");
    assertThat(ailment()).isNull();
  }

  @Test
  void an_agent_that_is_started_anew_knows_whose_root_was_writable() {
    play("Wr");
    var next = new HealthEvaluator(RULES, last.report());
    var results = Map.of(LINDA, results(LINDA, 'r'));
    var found =
        next.evaluate(new ProbeRound(List.of(watched(LINDA)), results), Set.of(), now).report();
    assertThat(found.ailments().get(LINDA).verdict()).isEqualTo(Verdict.ROOT_READ_ONLY);
    pid++;
    found = next.evaluate(new ProbeRound(List.of(watched(LINDA)), results), Set.of(), now).report();
    assertThat(found.ailments()).as("another kernel").isEmpty();
  }

  @Test
  void where_nobody_answers_on_a_switch_nobody_is_restarted() {
    for (int i = 0; i < 40; i++) {
      play(Map.of(LINDA, 'n', BOB, 'n'));
    }
    assertThat(ailment().verdict()).isEqualTo(Verdict.NETWORK_WRONG);
    assertThat(ailment().restartFrom()).isNull();
    assertThat(ailment().detail()).contains("no other instance answers on switch lan");
    play(Map.of(LINDA, 'n', BOB, 'w'));
    assertThat(ailment().restartFrom()).as("now it is linda's own").isNotNull();
  }

  @Test
  void where_most_kernels_are_silent_the_host_is_at_fault() {
    Map<ResourceName, Character> all = new HashMap<>();
    for (String name : List.of("linda", "bob", "carol", "dave")) {
      all.put(new ResourceName(name), 'k');
    }
    for (int i = 0; i < 6; i++) {
      play(all);
    }
    assertThat(ailment().restartFrom()).isNull();
    assertThat(ailment().detail()).contains("this host is at fault");
  }

  @Test
  void who_may_not_be_repaired_is_told_once() {
    repair = false;
    play("w" + "k".repeat(50));
    assertThat(ailment().restartFrom()).isNull();
    assertThat(told).hasSize(1);
    assertThat(looks).containsExactly(4);
  }

  @Test
  void restarts_are_spread_and_end_after_three_until_somebody_changes_something() {
    for (int i = 1; i <= 3; i++) {
      play("wkkkk");
      assertThat(ailment().isFlapping()).isFalse();
      assertThat(ailment().repairs()).hasSize(i - 1);
      evaluator.repaired(LINDA, now);
      pid++;
    }
    play("wkkkk");
    assertThat(ailment().isFlapping()).isTrue();
    assertThat(ailment().repairs())
        .extracting(Ailment.Repair::verdict)
        .containsOnly(Verdict.KERNEL_HUNG);
    looks.clear();
    play("k".repeat(800));
    assertThat(looks).as("nobody tries for ever").isEmpty();
    assertThat(ailment().isFlapping()).as("an hour later").isTrue();
    evaluator.forgive(LINDA);
    pid++;
    play("wkkkk");
    assertThat(ailment().isFlapping()).isFalse();
    assertThat(ailment().restartFrom()).isEqualTo(now);
  }

  @Test
  void a_restart_right_after_another_waits() {
    play("wkkkk");
    evaluator.repaired(LINDA, now.plusSeconds(60));
    pid++;
    play("kkkk");
    assertThat(ailment().restartFrom()).isEqualTo(now.plusSeconds(60 - 20 + 5));
  }

  @Test
  void repairs_of_one_that_is_well_count_for_an_hour() {
    play("wkkkk");
    evaluator.repaired(LINDA, now);
    pid++;
    play("w".repeat(700));
    assertThat(last.report().repairs()).containsKey(LINDA);
    play("w".repeat(30));
    assertThat(last.report().repairs()).isEmpty();
  }

  @Test
  void an_ailment_stays_with_its_kernel() {
    play("wkkkk");
    pid++;
    play("w");
    assertThat(ailment()).isNull();
    assertThat(told).last().asString().startsWith("instance linda is well again; since ");
  }

  @Test
  void what_a_run_changes_is_let_alone() {
    play("wkkk");
    for (int i = 0; i < 5; i++) {
      last =
          evaluator.evaluate(new ProbeRound(List.of(watched(LINDA)), Map.of()), Set.of(LINDA), now);
      assertThat(last.nudges()).isEmpty();
      assertThat(last.look()).isFalse();
    }
    assertThat(ailment()).isNull();
  }

  @Test
  void a_nudge_that_helped_is_told() {
    play("wkkw");
    assertThat(told)
        .containsExactly(
            "instance linda is well after a ping, SIGIO; there was"
                + " no answer to 'proc uptime' on its mconsole");
  }

  @Test
  void a_start_that_was_put_off_has_one_run_when_it_is_due() {
    Instant due = now.plusSeconds(12);
    for (int i = 0; i < 6; i++) {
      now = now.plus(INTERVAL);
      Watched down = new Watched(LINDA, null, 1, List.of(), null, true, due);
      if (evaluator.evaluate(new ProbeRound(List.of(down), Map.of()), Set.of(), now).look()) {
        looks.add(i);
      }
    }
    assertThat(looks).containsExactly(2);
  }

  private void play(String history) {
    history.chars().forEach(letter -> play(Map.of(LINDA, (char) letter, BOB, 'w')));
  }

  private void play(Map<ResourceName, Character> letters) {
    now = now.plus(INTERVAL);
    List<Watched> watched = new ArrayList<>();
    Map<ResourceName, ProbeResult> results = new HashMap<>();
    letters.forEach((name, letter) -> {
      watched.add(watched(name));
      results.put(name, results(name, letter));
    });
    last = evaluator.evaluate(new ProbeRound(watched, results), Set.of(), now);
    last.nudges().forEach((one, nudge) -> nudges.add(round + nudge.name()));
    last.events().forEach(event -> told.add(event.line()));
    if (last.look()) {
      looks.add(round);
    }
    round++;
  }

  private Watched watched(ResourceName name) {
    var kernel = new Watched.Main(name.equals(LINDA) ? pid : 7, 1);
    return new Watched(name, kernel, 1, List.of(address(name)), 22, repair, null);
  }

  private static Address address(ResourceName name) {
    return new Address(LAN, new Ipv4Address(0xc0000200 + name.value().length()));
  }

  private ProbeResult results(ResourceName name, char letter) {
    Set<Address> own = Set.of(address(name));
    double uptime = round;
    return switch (letter) {
      case 'd' -> ProbeResult.GONE;
      case 'p' -> ProbeResult.PAUSED;
      case 'k' -> new ProbeResult(State.RUNS, null);
      case 'u' -> new ProbeResult(State.RUNS, 0.0, own, Set.of(), true, null, false);
      case 'n' -> new ProbeResult(State.RUNS, uptime, Set.of(), own, null, null, false);
      case 's' -> ProbeResult.STARVED;
      case 'W', 'r' -> results(name, 'w').withRoot(letter == 'W');
      case 'x' -> new ProbeResult(State.UNASKED, uptime, own, Set.of(), null, null, false);
      case 'b' -> new ProbeResult(State.RUNS, uptime, own, Set.of(), false, null, true);
      case 't' -> new ProbeResult(State.RUNS, uptime, own, Set.of(), false, null, false);
      default -> new ProbeResult(State.RUNS, uptime, own, Set.of(), true, null, false);
    };
  }

  private Ailment ailment() {
    return last.report().ailments().get(LINDA);
  }
}
