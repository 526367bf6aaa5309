package dev.fjord.planner.store;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Step;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.PlannerTest;
import dev.fjord.planner.Worlds;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Images that machines read in common beside their roots. */
class SharedImagesTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void one_image_is_stored_once_and_read_by_both_who_ask_for_it() throws Exception {
    Plan plan = plan(course("1", "a", "b"));

    assertThat(plan.changes())
        .extracting(Change::id)
        .filteredOn(id -> id.startsWith("create/image/course@"))
        .hasSize(1);
    assertThat(plan.changes())
        .filteredOn(change -> change.action() == Action.START)
        .hasSize(2)
        .allSatisfy(start ->
            assertThat(start.requires())
                .contains("create/image/course@" + material("1").version().brief()));
    apply(plan);
    assertThat(words("a")).contains("ubd3rd=" + place("1"));
    assertThat(words("b")).contains("ubd3rd=" + place("1"));
    assertThat(plan(course("1", "a", "b")).changes()).isEmpty();
  }

  @Test
  void another_version_counts_from_the_next_start_and_the_old_one_stays_while_somebody_reads_it()
      throws Exception {
    apply(plan(course("1", "a", "b")));
    Desired second = course("2", "a", "b");

    Plan plan = plan(second);
    assertThat(plan.changes()).noneMatch(change -> change.disruption() != Disruption.NONE);
    assertThat(plan.waiting())
        .hasSize(2)
        .allSatisfy(waiting -> {
          assertThat(waiting.until()).isEqualTo(Waiting.Until.NEXT_START);
          assertThat(waiting.summary())
              .startsWith("it is told of a new version of image course when it starts next");
        });
    apply(plan);

    host.kill(name("a"));
    apply(plan(second));
    assertThat(words("a")).contains("ubd3rd=" + place("2"));
    assertThat(words("b")).contains("ubd3rd=" + place("1"));
    assertThat(UnusedVersion.in(second, host.observe())).as("b reads the old one").isEmpty();

    host.kill(name("b"));
    apply(plan(second));
    assertThat(UnusedVersion.in(second, host.observe()))
        .containsExactly(new Step.Version(Kind.IMAGE, name("course"), material("1").version()));
  }

  @Test
  void who_reads_one_more_or_one_less_is_restarted() throws Exception {
    apply(plan(course("1", "a")));

    Plan without = plan(with("1", instance("a", "linda")));

    assertThat(without.changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/a");
          assertThat(change.fields())
              .containsExactly(
                  new FieldChange("shared.course", material("1").version().brief(), null));
        });
    apply(without);
    assertThat(plan(course("1", "a")).changes())
        .extracting(Change::id)
        .containsExactly("restart/instance/a");
  }

  @Test
  void who_is_held_goes_on_with_the_version_of_the_record() throws Exception {
    apply(plan(course("1", "a")));
    Desired none = PlannerTest.held(with("2"), dev.fjord.model.Owner.partner(name("linda")));
    host.kill(name("a"));

    apply(plan(none));

    assertThat(words("a")).contains("ubd3rd=" + place("1"));
  }

  private static Desired course(String version, String... names) {
    return with(
        version,
        List.of(names).stream()
            .map(one -> instance(one, "linda"))
            .map(one ->
                Edited.shared(
                    one, List.of(new ImageVersion(name("course"), material(version).version()))))
            .toArray(Instance[]::new));
  }

  private static Desired with(String version, Instance... instances) {
    Desired d = site(instances);
    var images = new HashMap<>(d.images());
    images.put(name("course"), material(version));
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        images,
        d.switches(),
        d.partners(),
        d.instances(),
        d.held(),
        d.contests());
  }

  private static Image material(String version) {
    return ModelFixtures.image(
        name("course"),
        new Source.FileSource(Path.of("/srv/course.img")),
        Digest.ofText("course" + version),
        ByteSize.mib(8));
  }

  private static Path place(String version) {
    return Worlds.LAYOUT.image(name("course"), material(version).version());
  }

  private List<String> words(String instance) {
    return host.observe().instances().stream()
        .filter(one -> one.name().equals(name(instance)))
        .findFirst()
        .orElseThrow()
        .kernel()
        .boot()
        .arguments();
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("2", 0));
  }

  private void apply(Plan plan) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }
}
