package dev.fjord.host.linux.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.Ipv4Address;
import dev.fjord.process.Command;
import dev.fjord.watch.Watched;
import dev.fjord.watch.Watched.Address;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A port that this host cannot ask is not shut: a host in a network namespace of its own, with
 * whatever it lacks, and a guest in another.
 */
class UnaskedPortIT {
  private static final String GUEST = "192.0.2.5";
  private static final String OPEN = "22";
  private static final String SHUT = "23";

  /** What a kernel says, by strerror(3). */
  private static final String NO_PORT = "Cannot assign requested address";

  private static final String LISTENER =
      """
      import socket, time
      s = socket.create_server(("192.0.2.5", 22), backlog=128)
      print("listens", flush=True)
      kept = []
      while True: kept.append(s.accept())
      """;

  private final String prefix = "fju" + ProcessHandle.current().pid() + "-";
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void a_guest_that_listens() throws Exception {
    assumeTrue(Samples.isRoot(), "only root can make a network namespace");
    for (var program : List.of("ip", "nft", "python3", "prlimit")) {
      assumeTrue(Samples.isInstalled(program), program + " is missing");
    }
    for (var name : List.of("host", "guest")) {
      Command.of("ip", "netns", "add", prefix + name).output();
    }
    in("host", "ip", "link", "add", "g0", "type", "veth", "peer", "h0", "netns", prefix + "guest");
    in("host", "ip", "address", "add", "192.0.2.1/24", "dev", "g0");
    in("host", "ip", "link", "set", "dev", "g0", "up");
    in("guest", "ip", "address", "add", GUEST + "/24", "dev", "h0");
    in("guest", "ip", "link", "set", "dev", "h0", "up");
    var words = List.of("ip", "netns", "exec", prefix + "guest", "python3", "-c", LISTENER);
    var listener = new ProcessBuilder(words).redirectErrorStream(true).start();
    started.add(listener);
    assertThat(listener.inputReader().readLine()).isEqualTo("listens");
  }

  @AfterEach
  void end() {
    started.forEach(process -> process.destroyForcibly().onExit().join());
    for (var name : List.of("host", "guest")) {
      Command.of("ip", "netns", "delete", prefix + name).run();
    }
  }

  @Test
  void what_a_guest_says_is_what_counts() throws Exception {
    assertThat(asked("0", OPEN)).containsExactly("connected", "ACCEPTS");
    assertThat(asked("0", SHUT)).containsExactly("Connection refused", "REFUSES");
    in("guest", "nft", "add table ip t { chain c { type filter hook input priority 0; }; }");
    in("guest", "nft", "add rule ip t c tcp dport 23 drop");
    assertThat(asked("0", SHUT)).containsExactly("Connect timed out", "REFUSES");
    in("guest", "nft", "add rule ip t c tcp dport 24 reject with icmp type host-prohibited");
    assertThat(asked("0", "24")).containsExactly("No route to host", "REFUSES");
  }

  @Test
  void a_host_whose_ports_are_all_taken_has_asked_nobody() throws Exception {
    // Two of them: one is taken by the question that only shows what the kernel says.
    in("host", "sysctl", "-q", "-w", "net.ipv4.ip_local_port_range=40000 40001");
    var taken =
        """
        import socket, time
        kept = []
        try:
            while True: kept.append(socket.create_connection(("192.0.2.5", 22)))
        except OSError: print("taken", flush=True)
        time.sleep(600)
        """;
    var words = List.of("ip", "netns", "exec", prefix + "host", "python3", "-c", taken);
    var taker = new ProcessBuilder(words).start();
    started.add(taker);
    assertThat(taker.inputReader().readLine()).isEqualTo("taken");
    assertThat(asked("0", OPEN)).containsExactly(NO_PORT, "UNASKED");
  }

  @Test
  void a_host_without_a_way_has_asked_nobody() throws Exception {
    in("host", "ip", "address", "flush", "dev", "g0");
    assertThat(asked("0", OPEN)).containsExactly("Network is unreachable", "UNASKED");
  }

  @Test
  void a_host_that_forbids_it_itself_has_asked_nobody() throws Exception {
    in("host", "ip", "route", "add", "prohibit", GUEST);
    assertThat(asked("0", OPEN)).containsExactly("Permission denied", "UNASKED");
  }

  @Test
  void an_agent_without_a_free_descriptor_has_asked_nobody() throws Exception {
    assertThat(asked("all", OPEN)).containsExactly("Too many open files", "UNASKED");
  }

  /** What the JDK says of a connection, and what a question about the same port comes to. */
  private List<String> asked(String descriptors, String port) throws Exception {
    var words =
        Stream.concat(
                Stream.of("ip", "netns", "exec", prefix + "host", "prlimit", "--nofile=512"),
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    UnaskedPortIT.class.getName(),
                    descriptors,
                    port))
            .toList();
    var asker = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(asker);
    return asker.inputReader().lines().toList();
  }

  private void in(String name, String... words) {
    Command.of(
            Stream.concat(Stream.of("ip", "netns", "exec", prefix + name), Stream.of(words))
                .toList())
        .output();
  }

  /** Asks, in a process of its own, once what it needs is loaded. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[1]);
    var name = Samples.name("linda");
    var address = new Address(Samples.name("lan"), Ipv4Address.parse(GUEST));
    var watched = new Watched(name, null, 0, List.of(address), port, true, null);
    var kept = new ArrayList<FileInputStream>();
    if (arguments[0].equals("all")) {
      NetworkQuestions.accepts(watched);
      said(port);
      try {
        while (true) {
          kept.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException full) {
        // No descriptor is left.
      }
    }
    String said = said(port);
    System.out.println(said);
    System.out.println(NetworkQuestions.accepts(watched));
    for (var one : kept) {
      one.close();
    }
  }

  private static String said(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(GUEST, port), 500);
      return "connected";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
