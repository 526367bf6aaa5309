package dev.fjord.planner.instance;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.ByteSize;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.Instance;
import dev.fjord.model.Volume;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What plans do about a disk that fills, whatever was promised of it. */
class DiskRoomTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private @Nullable FileSystemUse use;

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({
    "89, , ",
    "90, disk-filling, is at least 90% full",
    "94, disk-filling, is at least 90% full",
    "95, disk-filling, is at least 95% full",
    "99, disk-filling, is at least 95% full",
    "100, disk-full, is full: machines cannot write"
  })
  void a_disk_that_fills_is_told_in_steps(int percent, String code, String told) {
    use = percent(percent);
    var problems = plan().problems();
    assertThat(problems)
        .extracting(Problem::code)
        .isEqualTo(code == null ? List.of() : List.of(code));
    assertThat(problems)
        .allSatisfy(problem ->
            assertThat(problem.summary()).isEqualTo("the file system of /var/lib/fjord " + told));
  }

  @Test
  void from_a_mark_on_nobody_is_promised_more_and_nobody_loses_anything() throws Exception {
    apply(instance("a", "linda"), instance("b", "linda"));
    host.kill(name("b"));
    use = percent(95);

    Plan plan = plan(larger(instance("a", "linda")), instance("b", "linda"), instance("c", "bob"));

    assertThat(plan.refused())
        .extracting(Refusal::guard)
        .containsExactly("disk-filling", "disk-filling");
    assertThat(plan.refused().get(0).summary())
        .startsWith("instance a asks for more disk, up to ")
        .endsWith(" at worst, and the file system of /var/lib/fjord is at least 95% full");
    assertThat(plan.refused().get(1).summary()).startsWith("instance c asks for more disk");
    assertThat(plan.changes())
        .extracting(Change::id)
        .as("b is started again")
        .containsExactly("start/instance/b");
    use = percent(94);
    assertThat(plan(larger(instance("a", "linda")), instance("c", "bob")).refused()).isEmpty();
  }

  @Test
  void what_comes_back_out_of_the_trash_is_nothing_new() throws Exception {
    apply(instance("a", "linda"));
    apply();
    use = percent(100);
    assertThat(plan(instance("a", "linda")).refused()).isEmpty();
  }

  @Test
  void a_root_that_went_read_only_is_started_again_when_there_is_room() throws Exception {
    apply(instance("a", "linda"));
    apply(instance("a", "linda"));
    long pid = host.observe().instances().get(0).kernel().pid();
    host.ail(
        name("a"),
        new Ailment(
            Verdict.ROOT_READ_ONLY, Instant.EPOCH, pid, "it was not", Instant.EPOCH, List.of()));
    use = percent(100);

    Plan full = plan(instance("a", "linda"));

    assertThat(full.changes()).isEmpty();
    assertThat(full.waiting())
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.until()).isEqualTo(Waiting.Until.ROOM);
          assertThat(waiting.summary())
              .isEqualTo(
                  "its root is read-only; it is started again when there is room: the file system"
                      + " of /var/lib/fjord is full");
        });
    assertThat(full.problems())
        .extracting(Problem::code)
        .containsExactlyInAnyOrder("root-read-only", "disk-full");

    use = percent(94);
    assertThat(plan(instance("a", "linda")).changes())
        .extracting(Change::reason)
        .containsExactly("its root is read-only since 1970-01-01T00:00:00Z: it was not");
    // A disk of 100 TiB with 5 free is full by the mark, and no reason for a root to be so.
    use = new FileSystemUse(ByteSize.gib(95 << 10), ByteSize.gib(5 << 10));
    assertThat(plan(instance("a", "linda")).changes()).hasSize(1);
  }

  private static FileSystemUse percent(int percent) {
    return new FileSystemUse(ByteSize.mib(percent), ByteSize.mib(100 - percent));
  }

  private static Instance larger(Instance i) {
    var volumes = new ArrayList<>(i.volumes());
    volumes.add(new Volume(name("new"), ByteSize.mib(4)));
    return i.withDisks(i.image(), volumes);
  }

  private Plan plan(Instance... instances) {
    var seen = host.observe();
    return Planner.plan(
        site(instances), List.of(), use == null ? seen : seen.with(use), target("1", 9));
  }

  private void apply(Instance... instances) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(instances), ApplyListener.NONE);
  }
}
