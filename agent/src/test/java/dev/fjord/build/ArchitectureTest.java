package dev.fjord.build;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers of docs/architecture.md, as rules on the compiled classes. */
class ArchitectureTest {
  /** Who may import whom, beside itself. A package stands for what is below it, too. */
  private static final String LAYERS =
      """
      problem   |
      net       | problem
      process   | problem file
      file      | problem
      model     | problem
      plan      | problem model
      planner   | problem model plan
      watch     | model
      json      | problem model file
      trust     | problem model
      source    | problem model file net trust
      load      | problem model trust
      host      | problem model plan watch process file json net
      apply     | problem model plan host
      reconcile | problem model plan planner host apply source load
      schedule  | problem model source
      report    | problem model plan apply reconcile json file source trust
      app       | problem model plan watch host apply reconcile source load schedule report process file
      cli       | problem model plan planner host reconcile source load trust schedule report process app
      """;

  /** What lives in which packages alone: one library, one home. */
  private static final String HOMES =
      """
      org.eclipse.jgit..             | source trust.git trust.ssh
      org.apache.sshd..              | source trust.ssh
      org.bouncycastle..             | source trust.openpgp
      org.yaml.snakeyaml..           | load
      com.networknt..                | load
      org.quartz..                   | schedule
      com.fasterxml.jackson..        | json load report host.linux.store host.linux.network
      org.newsclub.net.unix..        | host.linux
      org.apache.commons.compress..  | host.linux.origin host.linux.uml
      org.tukaani.xz..               | host.linux.origin
      com.github.luben.zstd..        | host.linux.origin
      java.net.http..                | host.linux.origin.web
      picocli..                      | cli
      ch.qos.logback..               | cli
      """;

  /**
   * Files of one package that need each other, a group a line. Those of a sealed type and of a
   * problem and its exception stay; the others are to go, and none may come.
   */
  private static final String KNOWN_CYCLES =
      """
      problem            | Problem ProblemException
      model              | IpAddress Ipv4Address Ipv6Address
      model              | InstanceRecord LeftAddress
      host.linux.disk    | Inspection PinnedFile
      host.linux.network | ApartPorts DaemonPorts Links Ports Switches
      host.linux.network | BlockRoutes IpCommand
      host.linux.network | InetTable SwitchChains Translation
      host.linux.network | OtherTables PacketWalk
      host.linux.origin  | Origin SourceFile WebFile
      host.linux.uml     | Console ScreenSessions
      """;

  /** A package that computes from values alone has no use for these. A Path is a value. */
  private static final DescribedPredicate<JavaClass> EFFECTS =
      resideInAnyPackage(
              "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "org.slf4j..")
          .and(
              not(
                  belongToAnyOf(
                      Path.class,
                      InvalidPathException.class,
                      URI.class,
                      URLDecoder.class,
                      URLEncoder.class)))
          .as("files, sockets and loggers");

  private static final Set<String> CLOCKS_AND_DICE =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Math.random",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalTime.now",
          "java.time.LocalDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.util.UUID.randomUUID");

  /** Raised as the code grows: fewer means that a rule below looked at nothing. */
  private static final int FEWEST_CLASSES = 950;

  private static final JavaClasses FJORD =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.fjord");

  @Test
  void the_rules_saw_the_program() {
    assertThat(FJORD.size()).isGreaterThanOrEqualTo(FEWEST_CLASSES);
  }

  @Test
  void every_package_has_a_row_and_every_row_a_package() {
    var rows = table(LAYERS).keySet();
    var present =
        FJORD.getPackage("dev.fjord").getSubpackages().stream()
            .map(JavaPackage::getRelativeName)
            .collect(Collectors.toSet());
    assertThat(present).isEqualTo(rows);
  }

  static Stream<Map.Entry<String, List<String>>> layers() {
    return table(LAYERS).entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void a_package_imports_only_what_its_row_allows(Map.Entry<String, List<String>> row) {
    var allowed =
        Stream.concat(Stream.of(row.getKey()), row.getValue().stream())
            .map(ArchitectureTest::subtree)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(subtree(row.getKey()))
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackages("dev.fjord..").or(resideInAnyPackage(allowed)))
        .check(FJORD);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void a_row_allows_nothing_that_its_package_does_not_need(Map.Entry<String, List<String>> row) {
    var used =
        FJORD.getPackage("dev.fjord." + row.getKey()).getClassesInPackageTree().stream()
            .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith("dev.fjord."))
            .map(name -> name.split("\\.", -1)[2])
            .collect(Collectors.toSet());
    assertThat(used).containsAll(row.getValue());
  }

  static Stream<Map.Entry<String, List<String>>> homes() {
    return table(HOMES).entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("homes")
  void a_library_is_used_in_its_home_alone(Map.Entry<String, List<String>> row) {
    var homes = row.getValue().stream().map(ArchitectureTest::subtree).toArray(String[]::new);
    noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(row.getKey())
        .check(FJORD);
  }

  @Test
  void processes_are_started_in_one_package() {
    noClasses()
        .that()
        .resideOutsideOfPackage(subtree("process"))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ProcessBuilder.class)
        .orShould()
        .callMethodWhere(
            describe(
                "Runtime.exec is called",
                call ->
                    call.getTargetOwner().isEquivalentTo(Runtime.class)
                        && call.getName().equals("exec")))
        .check(FJORD);
  }

  @Test
  void the_core_computes_from_values_alone() {
    noClasses()
        .that()
        .resideInAnyPackage(
            subtree("problem"),
            subtree("model"),
            subtree("plan"),
            subtree("planner"),
            subtree("watch"),
            "dev.fjord.trust")
        .should()
        .dependOnClassesThat(EFFECTS)
        .orShould()
        .accessTargetWhere(
            describe("it is a clock, a die or the environment", ArchitectureTest::isClockOrDie))
        .check(FJORD);
  }

  @Test
  void packages_form_no_cycle() {
    slices().matching("dev.fjord.(**)").should().beFreeOfCycles().check(FJORD);
  }

  /** Everything that may be driven without a command line knows nothing of one. */
  @Test
  void no_command_line_is_needed_below_the_command_line() {
    noClasses()
        .that()
        .resideOutsideOfPackage(subtree("cli"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", subtree("cli"))
        .check(FJORD);
  }

  @Test
  void files_of_a_package_form_no_cycle_but_those_that_are_known() {
    var known =
        KNOWN_CYCLES
            .lines()
            .map(line -> line.split("\\|", -1))
            .<Set<String>>map(cells ->
                Arrays.stream(cells[1].strip().split(" ", -1))
                    .map(file -> "dev.fjord." + cells[0].strip() + "." + file)
                    .collect(Collectors.toCollection(TreeSet::new)))
            .collect(Collectors.toSet());
    assertThat(cycles()).isEqualTo(known);
  }

  /** Groups of files each of which needs all of its group, by way of others. */
  private static Set<Set<String>> cycles() {
    var reached = new HashMap<String, Set<String>>();
    var needs = needs();
    needs.keySet().forEach(file -> reached.put(file, reachable(file, needs)));
    var found = new HashSet<Set<String>>();
    reached.forEach((file, others) -> {
      var group = new TreeSet<String>();
      others.stream()
          .filter(other -> reached.getOrDefault(other, Set.of()).contains(file))
          .forEach(group::add);
      if (group.size() > 1) {
        found.add(group);
      }
    });
    return found;
  }

  private static Set<String> reachable(String file, Map<String, Set<String>> needs) {
    var seen = new HashSet<String>();
    var next = new ArrayDeque<String>(List.of(file));
    while (!next.isEmpty()) {
      for (var other : needs.getOrDefault(next.remove(), Set.of())) {
        if (seen.add(other)) {
          next.add(other);
        }
      }
    }
    return seen;
  }

  /** Which files of its own package each file needs. */
  private static Map<String, Set<String>> needs() {
    var needs = new HashMap<String, Set<String>>();
    for (var one : FJORD) {
      var file = file(one);
      one.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getPackageName().equals(one.getPackageName()))
          .map(ArchitectureTest::file)
          .filter(target -> !target.equals(file))
          .forEach(target -> needs.computeIfAbsent(file, any -> new HashSet<>()).add(target));
    }
    return needs;
  }

  /** The class that its file is named after. */
  private static String file(JavaClass one) {
    return one.getName().replaceFirst("\\$.*", "");
  }

  private static boolean isClockOrDie(JavaAccess<?> access) {
    return CLOCKS_AND_DICE.contains(access.getTargetOwner().getName() + "." + access.getName());
  }

  private static String subtree(String name) {
    return "dev.fjord." + name + "..";
  }

  private static Map<String, List<String>> table(String text) {
    return text.lines()
        .map(line -> line.split("\\|", -1))
        .collect(
            Collectors.toMap(
                cells -> cells[0].strip(),
                cells ->
                    Arrays.stream(cells[1].strip().split("\\s+"))
                        .filter(cell -> !cell.isEmpty())
                        .toList()));
  }
}
