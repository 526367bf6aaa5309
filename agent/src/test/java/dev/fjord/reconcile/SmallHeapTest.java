package dev.fjord.reconcile;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.load.Loader;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.HostBounds;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.report.Paint;
import dev.fjord.report.Presence;
import dev.fjord.report.Status;
import dev.fjord.report.StatusBuilder;
import dev.fjord.report.StatusFile;
import dev.fjord.report.StatusText;
import dev.fjord.source.Mirror;
import dev.fjord.source.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs in a JVM of their own, on a simulated host, with less memory than an agent has: what a
 * partner's folder holds may stop that partner, and neither the run nor anybody else.
 */
class SmallHeapTest {
  private static final String HEAP = "-Xmx48m";
  private static final Path SITE = Path.of("../examples/slart");

  @TempDir private Path folder;
  private final Map<String, String> files = new HashMap<>();
  private Upstream upstream;

  @BeforeEach
  void begin() throws IOException {
    upstream = new Upstream(folder.resolve("site.git"));
    try (var all = Files.walk(SITE)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(SITE.relativize(file).toString(), Files.readString(file));
      }
    }
  }

  @AfterEach
  void end() {
    upstream.close();
  }

  @Test
  void a_site_without_faults_converges() throws Exception {
    assertThat(outcome().stream().limit(4))
        .containsExactly("held", "running bob dns frank linda", "converged true", "problems 0");
  }

  @Test
  void hundreds_of_thousands_of_problems_of_one_partner_hold_that_partner_alone() throws Exception {
    for (int i = 0; i < 39; i++) {
      files.put("partners/linda/x%d.yaml".formatted(i), faulty("x" + i));
    }
    List<String> outcome = outcome();
    assertThat(outcome)
        .contains("held partner linda", "running bob dns frank", "converged false")
        .contains("problems 101")
        .anyMatch(line -> line.matches("more-problems: [0-9,]+ more problems of partner linda: .*"))
        .anyMatch(line ->
            line.startsWith("too-large: the files of partner linda hold more than 100,000 values"));
    assertThat(statusBytes(outcome)).isLessThan(100_000);
  }

  @Test
  void as_many_problems_of_many_partners_hold_those_alone() throws Exception {
    for (int i = 0; i < 39; i++) {
      files.put("partners/p%d.yaml".formatted(i), partner("p" + i));
      files.put("partners/p%d/x.yaml".formatted(i), faulty("x" + i));
    }
    List<String> outcome = outcome();
    assertThat(outcome)
        .contains("running bob dns frank linda", "converged false")
        .anyMatch(line -> line.startsWith("held partner p0 partner p1 partner p10 "));
    assertThat(statusBytes(outcome)).isLessThan(2_000_000);
  }

  @Test
  void as_many_problems_of_the_site_itself_are_told_and_end_nothing() throws Exception {
    for (int i = 0; i < 39; i++) {
      files.put("switches/x%d.yaml".formatted(i), faulty("x" + i).replace("Instance", "Switch"));
    }
    List<String> outcome = outcome();
    assertThat(outcome)
        .contains("no revision")
        .anyMatch(line -> line.startsWith("more-problems: "));
    assertThat(statusBytes(outcome)).isLessThan(100_000);
  }

  @Test
  void fifty_thousand_empty_files_of_one_partner_hold_that_partner_alone() throws Exception {
    for (int i = 0; i < 50_000; i++) {
      files.put("partners/linda/%d/%d".formatted(i % 100, i), "");
    }
    List<String> outcome = outcome();
    assertThat(outcome)
        .contains("held partner linda", "running bob dns frank")
        .contains(
            "too-many-files: 'partners/linda' holds more than 5,000 files and folders, the most"
                + " that one partner may have");
    assertThat(statusBytes(outcome)).isLessThan(10_000);
  }

  /** Thousands of machines more than the host carries, each of which waits for others. */
  @Test
  void as_much_yaml_without_a_fault_as_the_limits_allow_fits() throws Exception {
    for (int i = 0; i < 40; i++) {
      files.put("partners/p%d.yaml".formatted(i), partner("p" + i));
      files.put("partners/p%d/x.yaml".formatted(i), waiting("p" + i + "-"));
    }
    List<String> outcome = outcome();
    assertThat(outcome)
        .anyMatch(line -> line.startsWith("running bob dns frank linda "))
        .anyMatch(line ->
            line.startsWith("too-large: partners' files hold more than 250,000 values together"));
    assertThat(statusBytes(outcome)).isLessThan(4_000_000);
  }

  private static long statusBytes(List<String> outcome) {
    return outcome.stream()
        .filter(line -> line.startsWith("status "))
        .mapToLong(line -> Long.parseLong(line.substring("status ".length())))
        .findFirst()
        .orElseThrow();
  }

  /** Twenty thousand problems in a file that keeps every limit of a file. */
  private static String faulty(String prefix) {
    String unknown = IntStream.range(0, 100).mapToObj(n -> "x" + n + ":").collect(joining(", "));
    return documents(prefix + "-", name -> instance(name, unknown));
  }

  private static String waiting(String prefix) {
    String after = IntStream.range(0, 32).mapToObj(n -> prefix + n).collect(joining(", "));
    return documents(
        prefix,
        name -> {
          boolean isFirst = Integer.parseInt(name.substring(prefix.length())) < 32;
          return instance(name, isFirst ? "" : "start: {after: [" + after + "]}");
        });
  }

  private static String documents(String prefix, Function<String, String> document) {
    return IntStream.range(0, 200)
        .mapToObj(n -> document.apply(prefix + n))
        .collect(joining("---\n"));
  }

  private static String instance(String name, String spec) {
    return "{apiVersion: fjord.dev/v1, kind: Instance, metadata: {name: %s}, spec: {%s}}\n"
        .formatted(name, spec);
  }

  private static String partner(String name) {
    return "{apiVersion: fjord.dev/v1, kind: Partner, metadata: {name: %s}, spec: {quota: %s}}\n"
        .formatted(name, "{instances: 1000, memory: 1TiB, disk: 9TiB, addresses: 9}");
  }

  /** What {@link #main} says of the files as they are now, the agent first, then a reader. */
  private List<String> outcome() throws Exception {
    upstream.push("main", upstream.commit("all", files));
    List<String> agent = said("agent");
    List<String> reader = said("reader");
    return Stream.concat(agent.stream(), reader.stream()).toList();
  }

  private List<String> said(String part) throws Exception {
    Path said = folder.resolve("said-by-" + part);
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-Xmn6m", // With a third of it for what is new, the rest is collected all the time.
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeapTest.class.getName(),
                part,
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(run.waitFor()).as("%s", Files.readString(said)).isZero();
    return Files.readAllLines(said);
  }

  /**
   * The agent's two runs and what they came to, or what {@code fjord status} makes of them: two
   * processes, as they are on a host, each with a heap of its own.
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    Layout layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    switch (arguments[0]) {
      case "agent" -> run(folder, layout);
      case "reader" -> read(layout);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void run(Path folder, Layout layout) throws Exception {
    ResourceName name = new ResourceName("slart");
    String repository = folder.resolve("site.git").toUri().toString();
    Duration second = Duration.ofSeconds(1);
    AgentSettings settings =
        ModelFixtures.agentSettings(
            repository, "main", name, layout, second, null, null, second, second);
    var threads = Executors.newFixedThreadPool(4);
    SimulatedHost host = new SimulatedHost(layout);
    try (Mirror mirror = Mirror.open(settings, SignaturePolicies::read)) {
      Applier applier = new Applier(host, threads, () -> false);
      Reconciler reconciler =
          new Reconciler(
              name, new MirrorRevisions(mirror), new Loader(), host, applier, Clock.systemUTC());
      reconciler.run(ApplyListener.NONE);
      tell(reconciler.run(ApplyListener.NONE), layout);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void tell(RunResult result, Layout layout) {
    Status status =
        StatusBuilder.of(
            result,
            null,
            HostBounds.NONE,
            pid -> null,
            (instance, size) -> null,
            free -> new DiskForecast.Unknown(0, Duration.ZERO),
            true);
    StatusFile.write(layout, status);
    List<Problem> problems = result.plan() == null ? result.problems() : result.plan().problems();
    System.out.println(
        result.desired() == null
            ? "no revision"
            : "held"
                + result.desired().held().stream().map(o -> " " + o).sorted().collect(joining()));
    System.out.println(
        "running"
            + result.observed().instances().stream()
                .filter(instance -> instance.kernel() != null)
                .map(ObservedInstance::name)
                .sorted()
                .map(each -> " " + each)
                .collect(joining()));
    System.out.println("converged " + result.converged());
    System.out.println("problems " + problems.size());
    problems.forEach(problem -> System.out.println(problem.code() + ": " + problem.summary()));
  }

  private static void read(Layout layout) throws Exception {
    Status read = StatusFile.read(layout).orThrow();
    System.out.println(
        "status "
            + (Files.size(layout.status())
                + StatusText.of(read, Presence.NOBODY, Instant.now(), Paint.NONE).length()));
  }
}
