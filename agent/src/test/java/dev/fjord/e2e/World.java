package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.json.ModelJson;
import dev.fjord.model.Digest;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A host with a network namespace of its own, a repository, and the built fjord between them. Its
 * end takes away whatever it made.
 *
 * <p>Commands that run to their end share a JVM, which runs the same command line one after another
 * ({@link Commands}). In processes of their own, by the launcher, are: agents and whatever else a
 * test kills or signals ({@link #begin}), an apply on a host that lacks a program ({@link
 * #applyWithout}), LifeIT's first apply and its plan and status, the refused second agent of
 * AgentIT, TerminalIT's consoles, and the applies of BuiltImageIT.
 */
final class World implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  final Path folder;
  private Path state;
  final Site site;
  final int firstUid = 300_000 + 1_000 * ThreadLocalRandom.current().nextInt(1_000);
  private final String network;

  /** ip(8) hides the host's control groups, which machines would leave those of a slow host for. */
  private final boolean bounded;

  private final List<Agent> agents = new ArrayList<>();
  private final Commands commands = new Commands(this, PATIENCE);

  private World(boolean bounded) throws IOException {
    Ready.assume();
    this.bounded = bounded;
    folder = Files.createTempDirectory("fjord-it-");
    // Kernels run as users of their own and pass through here to their disks.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    state = folder.resolve("s");
    network = folder.getFileName().toString();
    Command.of("ip", "netns", "add", network).output();
    inside("ip", "link", "set", "lo", "up").output();
    for (var who : List.of("linda", "bob")) {
      Command.of(
              "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", key(who).toString())
          .output();
    }
    settings("");
    site = new Site(this);
  }

  /** A host with nothing on it, and a repository that describes nothing. */
  static World empty() throws IOException {
    return new World(false);
  }

  /** A host on which linda's and bob's machines run. */
  static World ofLindaAndBob() throws IOException {
    return ofLindaAndBob(false);
  }

  /** As {@link #ofLindaAndBob()}, with the control groups of the real host. */
  static World ofBoundedLindaAndBob() throws IOException {
    return ofLindaAndBob(true);
  }

  private static World ofLindaAndBob(boolean bounded) throws IOException {
    var world = new World(bounded);
    try {
      world.site.reset();
      world.settles();
      return world;
    } catch (RuntimeException | AssertionError e) {
      world.close();
      throw e;
    }
  }

  /** Writes the agent's settings, with more lines. */
  void settings(String more) throws IOException {
    Files.writeString(
        config(),
        """
        repository: file://%s
        branch: main
        host: slart
        stateDirectory: %s
        runDirectory: %s
        %s\
        """
            .formatted(folder.resolve("site.git"), state(), run(), more));
  }

  Path config() {
    return folder.resolve("agent.yaml");
  }

  Path state() {
    return state;
  }

  /** Puts the state directory somewhere else below the world's folder, and tells the agent. */
  void moveState(String place) throws IOException {
    var old = state;
    state = folder.resolve(place);
    Files.createDirectories(state.getParent());
    Files.move(old, state);
    settings("");
  }

  Path run() {
    return folder.resolve("r");
  }

  Path key(String who) {
    return folder.resolve(who + ".key");
  }

  String publicKey(String who) throws IOException {
    return Files.readString(Path.of(key(who) + ".pub")).strip();
  }

  // What an administrator does.

  /** A command of fjord with this host's settings, to its end, in the JVM of this world. */
  Run fjord(String command, String... options) {
    return commands.run(words(command, options));
  }

  private List<String> words(String command, String... options) {
    var words = new ArrayList<>(List.of(command, "--config", config().toString()));
    words.addAll(List.of(options));
    return words;
  }

  /** The same in a process of its own, as somebody's shell would start it. */
  Run launched(String command, String... options) {
    var words = new ArrayList<>(List.of(Ready.fjord().toString()));
    words.addAll(words(command, options));
    var output =
        inside(words.toArray(String[]::new))
            .with("JAVA_HOME", System.getProperty("java.home"))
            .timeout(PATIENCE)
            .run();
    return new Run(output.exit(), output.text(), output.error());
  }

  Run apply() {
    return fjord("apply", "--format", "json");
  }

  Run plan() {
    return fjord("plan", "--format", "json");
  }

  JsonNode status() {
    var status = fjord("status", "--format", "json");
    assertThat(status.text()).as("status: %s", status).startsWith("{");
    return status.json();
  }

  /** Linda's machine and bob's run as at the beginning; earlier deaths of kernels count no more. */
  void beginAgain() throws IOException {
    settings("");
    forgetStarts();
    site.reset();
    settles();
  }

  /** Earlier deaths and restarts count no more. */
  void forgetStarts() {
    Command.of("rm", "-r", "-f", run().resolve("starts").toString()).output();
  }

  /** Applies what was pushed; everything must come out as it is written. */
  Run settles() {
    var run = apply();
    assertThat(run.exit()).as("apply: %s", run).isZero();
    return run;
  }

  /** Starts an agent and leaves it running. */
  Agent agent() throws IOException {
    return begin("agent");
  }

  /** Starts a command of fjord and does not wait for its end. */
  Agent begin(String command) throws IOException {
    return begin(command, Map.of());
  }

  /** The same, of a command about a machine. */
  Agent begin(String command, String machine) throws IOException {
    var log = folder.resolve(command + "-" + agents.size() + ".log");
    var agent = new Agent(this, log, List.of(command, machine), Map.of());
    agents.add(agent);
    return agent;
  }

  /** The same, with more in its environment. */
  Agent begin(String command, Map<String, String> environment) throws IOException {
    var log = folder.resolve(command + "-" + agents.size() + ".log");
    var agent = new Agent(this, log, List.of(command), environment);
    agents.add(agent);
    return agent;
  }

  // What there is to see.

  JsonNode instance(String name) {
    for (var instance : status().path("instances")) {
      if (instance.path("name").asText().equals(name)) {
        return instance;
      }
    }
    throw new AssertionError("the status knows no instance " + name);
  }

  /** Its first one, as its record has it. */
  String address(String name) {
    var record = state().resolve("instances").resolve(name).resolve("instance.json");
    try {
      return ModelJson.mapper().readTree(record.toFile()).at("/leases/0/address").asText();
    } catch (IOException e) {
      throw new AssertionError("no record of instance " + name, e);
    }
  }

  /** Every process that works for an instance: its kernel, its helpers, its terminal. */
  List<Long> processesOf(String name) {
    return processesThatName(run().resolve("umid/" + name) + "/");
  }

  /** The main process of an instance's kernel. */
  long pid(String name) {
    var kernel = kernelOf(name);
    assertThat(kernel).as("the kernel of %s", name).isPositive();
    return kernel;
  }

  /** The same; -1 when there is none. */
  long kernelOf(String name) {
    return processesThatName("uml_dir=" + run().resolve("umid/" + name) + "/").stream()
        .filter(pid -> commandLine(pid).startsWith(state() + "/kernels/"))
        .filter(pid -> !isChildOfAKernel(pid))
        .findFirst()
        .orElse(-1L);
  }

  private boolean isChildOfAKernel(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(ProcessHandle::parent)
        .map(parent -> commandLine(parent.pid()).startsWith(state() + "/kernels/"))
        .orElse(true);
  }

  /** Whether it answers one of the pings of five seconds; what it does not is known after those. */
  boolean answers(String address) {
    return inside("ping", "-q", "-c", "1", "-w", "5", address).run().exit() == 0;
  }

  /** What root's shell on linda's or bob's machine prints, logged in with the partner's key. */
  String guest(String name, String command) {
    return guest(name, name, address(name), command);
  }

  String guest(String name, String key, String address, String command) {
    var last = new Command.Output[1];
    Awaitility.await("ssh to " + name)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          last[0] = ssh(name, key, address, command);
          return last[0].exit() != 255;
        });
    assertThat(last[0].exit()).as("%s on %s: %s", command, name, last[0]).isZero();
    return last[0].text().strip();
  }

  /** One try; 255 when nobody is let in. Whose host key was seen once is known by name. */
  Command.Output ssh(String name, String key, String address, String command) {
    return inside(sshWords(name, key, address, "-n", command)).run();
  }

  /** Gives a text to a command on linda's or bob's machine; returns what it prints. */
  String send(String name, String text, String command) {
    return inside(sshWords(name, name, address(name), "-T", command))
        .input(text)
        .timeout(PATIENCE)
        .output()
        .strip();
  }

  private String[] sshWords(
      String name, String key, String address, String option, String command) {
    var options =
        Stream.of(
                "IdentitiesOnly=yes",
                "BatchMode=yes",
                "UserKnownHostsFile=" + folder.resolve("known_hosts"),
                "StrictHostKeyChecking=accept-new",
                "HostKeyAlias=" + name,
                "ConnectTimeout=5",
                "LogLevel=ERROR")
            .flatMap(one -> Stream.of("-o", one));
    return Stream.of(
            Stream.of("ssh", option, "-F", "/dev/null", "-i", key(key).toString()),
            options,
            Stream.of("root@" + address, command))
        .flatMap(stream -> stream)
        .toArray(String[]::new);
  }

  /** For a machine that has another root, and so other keys. */
  void forgetHostKeys() throws IOException {
    Files.deleteIfExists(folder.resolve("known_hosts"));
  }

  /** A new one for each boot. */
  String bootId(String name) {
    return guest(name, "cat /proc/sys/kernel/random/boot_id");
  }

  // What happens to a host.

  /** SIGKILL, the way that leaves no time for anything. */
  void kill(long pid) {
    var process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    await("the end of process " + pid, () -> !process.isAlive());
  }

  /** The bridge that is a switch. */
  String bridge(String name) {
    for (var network : status().path("switches")) {
      if (network.path("name").asText().equals(name)) {
        return network.path("bridge").asText();
      }
    }
    throw new AssertionError("the status knows no switch " + name);
  }

  /** A command in the host's network namespace. */
  Command inside(String... words) {
    var all =
        new ArrayList<>(
            bounded
                ? List.of("nsenter", "--net=/run/netns/" + network, "--")
                : List.of("ip", "netns", "exec", network));
    all.addAll(Arrays.asList(words));
    return Command.of(all);
  }

  /** An apply on a host that cannot start a program: ip(8) gives each command its own mounts. */
  Command.Output applyWithout(String program) {
    return inside(
            "sh",
            "-c",
            "mount --bind /dev/null \"$(readlink -f \"$0\")\" && exec \"$@\"",
            program,
            Ready.fjord().toString(),
            "apply",
            "--config",
            config().toString())
        .with("JAVA_HOME", System.getProperty("java.home"))
        .timeout(PATIENCE)
        .run();
  }

  static void await(String what, Callable<Boolean> condition) {
    await(what, Duration.ofMillis(100), condition);
  }

  /** For what only a command of fjord tells: each costs the others a tenth of a second. */
  static void awaitTold(String what, Callable<Boolean> condition) {
    await(what, Duration.ofMillis(500), condition);
  }

  private static void await(String what, Duration interval, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(interval)
        .until(condition);
  }

  private static List<Long> processesThatName(String text) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> commandLine(pid).contains(text))
        .toList();
  }

  static String commandLine(long pid) {
    try {
      var bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }

  @Override
  public void close() {
    agents.forEach(Agent::close);
    commands.close();
    var ours = processesThatName(folder + "/");
    for (var pid : ours) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    await("the end of " + ours, () -> processesThatName(folder + "/").isEmpty());
    Command.of("ip", "netns", "delete", network).run();
    var groups = "*/fjord/*." + Digest.ofText(run().toString()).hex().substring(0, 8);
    Command.of("find", "/sys/fs/cgroup", "-depth", "-type", "d", "-path", groups, "-delete").run();
    Command.of("umount", state().toString()).run();
    Command.of("chattr", "-R", "-f", "-i", folder.toString()).run();
    Command.of("rm", "-r", "-f", "--one-file-system", folder.toString()).output();
  }
}
