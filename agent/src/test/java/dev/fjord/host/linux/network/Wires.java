package dev.fjord.host.linux.network;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.process.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Network namespaces with wires between them, and programs that listen and ask in them. */
final class Wires implements AutoCloseable {
  /** Tells whoever comes to a port by TCP, or sends to it by UDP, from which address he came. */
  private static final String LISTENER =
      """
      import socket, sys, threading
      port = int(sys.argv[1])
      tcp = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
      udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
      udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
      udp.bind(("::", port))
      def datagrams():
          while True:
              data, peer = udp.recvfrom(2000)
              udp.sendto(peer[0].encode(), peer)
      threading.Thread(target=datagrams, daemon=True).start()
      print("listens", flush=True)
      def sink(one, peer):
          with one:
              one.sendall(peer[0].encode())
              got = 0
              one.settimeout(20)
              try:
                  while True:
                      part = one.recv(65536)
                      if not part: break
                      got += len(part)
                  one.sendall(str(got).encode())
              except OSError: pass
      while True:
          one, peer = tcp.accept()
          threading.Thread(target=sink, args=(one, peer), daemon=True).start()
      """;

  private static final String ASKER =
      """
      import socket, sys
      how, host, port, source, uid = sys.argv[1:6]
      import os
      if uid != "-": os.setuid(int(uid))
      family = socket.AF_INET6 if ":" in host else socket.AF_INET
      s = socket.socket(family, socket.SOCK_STREAM if how == "tcp" else socket.SOCK_DGRAM)
      s.settimeout(1)
      try:
          if source != "-": s.bind((source, 0))
          s.connect((host, int(port)))
          if how == "udp": s.send(b"who am I")
          print(s.recv(100).decode().replace("::ffff:", ""))
      except OSError as e:
          print("nothing")
      """;

  /** Tells its name to whoever comes to a port, by TCP to each line. */
  private static final String NAMESAKE =
      """
      import socket, sys, threading
      name, port = sys.argv[1].encode() + b"\\n", int(sys.argv[2])
      tcp = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
      udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
      udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
      udp.bind(("::", port))
      def datagrams():
          while True:
              udp.sendto(name, udp.recvfrom(2000)[1])
      threading.Thread(target=datagrams, daemon=True).start()
      print("listens", flush=True)
      def lines(one):
          with one:
              try:
                  while one.recv(100): one.sendall(name)
              except OSError: pass
      while True:
          threading.Thread(target=lines, args=(tcp.accept()[0],), daemon=True).start()
      """;

  /** Sends ten times a second from one port, whatever comes of it, and says what comes back. */
  private static final String TALKER =
      """
      import socket, sys, time
      how, host, port, patience = sys.argv[1:5]
      family = socket.AF_INET6 if ":" in host else socket.AF_INET
      s = socket.socket(family, socket.SOCK_STREAM if how == "tcp" else socket.SOCK_DGRAM)
      try:
          s.connect((host, int(port)))
          s.settimeout(float(patience) if how == "tcp" else 0.1)
          print("begins", flush=True)
          while True:
              time.sleep(0.1)
              try:
                  s.send(b"who\\n")
                  answer = s.recv(100).decode().replace("::ffff:", "").strip()
                  if not answer: break
                  print(answer, flush=True)
              except (TimeoutError, ConnectionRefusedError):
                  if how == "tcp": break
                  print("nothing", flush=True)
      except OSError: pass
      print("ended", flush=True)
      """;

  private static final String SENDER =
      """
      import socket, sys, time
      s = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
      s.recv(100)
      s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
      begin = time.monotonic()
      s.settimeout(20)
      while time.monotonic() - begin < 2.5:
          s.sendall(b"x" * 16384)
      s.shutdown(socket.SHUT_WR)
      got = int(s.recv(100))
      print(got * 8 / (time.monotonic() - begin))
      """;

  /** After so many others nobody waits for an answer any more. */
  private static final int ANSWERS = 200;

  private final String prefix = "fjw" + ProcessHandle.current().pid() + "-";
  private final List<String> names = new ArrayList<>();
  private final List<Process> listeners = new ArrayList<>();

  Wires() {
    assumeTrue(Samples.isRoot(), "only root can make a network namespace");
    for (var program : List.of("ip", "nft", "tc", "python3", "ping")) {
      assumeTrue(Samples.isInstalled(program), program + " is missing");
    }
  }

  /** Makes a namespace in which loopback is up. */
  void add(String name) {
    var made = Command.of("ip", "netns", "add", prefix + name).run();
    assumeTrue(made.exit() == 0, "no network namespace can be made here: " + made.error());
    names.add(name);
    ip(name, "link", "set", "lo", "up");
  }

  /** A wire with an interface at each end, both up. */
  void connect(String one, String atOne, String other, String atOther, String mac) {
    ip(
        one,
        "link",
        "add",
        "name",
        atOne,
        "type",
        "veth",
        "peer",
        "name",
        atOther,
        "address",
        mac,
        "netns",
        prefix + other);
    ip(one, "link", "set", "dev", atOne, "up");
    ip(other, "link", "set", "dev", atOther, "up");
  }

  List<String> inside(String name) {
    return List.of("ip", "netns", "exec", prefix + name);
  }

  Command.Output run(String name, String... words) {
    return Command.of(Stream.concat(inside(name).stream(), Stream.of(words)).toList()).run();
  }

  String output(String name, String... words) {
    return Command.of(Stream.concat(inside(name).stream(), Stream.of(words)).toList())
        .output()
        .strip();
  }

  String ip(String name, String... words) {
    return output(name, Stream.concat(Stream.of("ip"), Stream.of(words)).toArray(String[]::new));
  }

  void listen(String name, int port) throws Exception {
    var process = begin(name, LISTENER, Integer.toString(port));
    var line = process.inputReader().readLine();
    if (!"listens".equals(line)) {
      throw new AssertionError(name + " does not listen: " + line);
    }
  }

  /** Has somebody in a namespace tell that namespace's name at a port. */
  void name(String name, int port) throws Exception {
    var line = begin(name, NAMESAKE, name, Integer.toString(port)).inputReader().readLine();
    if (!"listens".equals(line)) {
      throw new AssertionError(name + " does not listen: " + line);
    }
  }

  private Process begin(String name, String program, String... arguments) throws IOException {
    var words = new ArrayList<>(inside(name));
    words.addAll(List.of("python3", "-c", program));
    words.addAll(List.of(arguments));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    listeners.add(process);
    return process;
  }

  /** Who goes on speaking to a port by one connection. */
  static final class Talker {
    private final Process process;

    private Talker(Process process) {
      this.process = process;
    }

    /** Returns once what came back is this; {@code nothing}, and {@code ended} at its end. */
    void hears(String answer) throws IOException {
      String line = "";
      for (int i = 0; i < ANSWERS && line != null; i++) {
        line = process.inputReader().readLine();
        if (answer.equals(line)) {
          return;
        }
      }
      throw new AssertionError("it does not hear " + answer + ", but " + line);
    }

    /** What comes back next, of what is sent from now on. */
    String next() throws IOException {
      while (process.inputReader().ready()) {
        process.inputReader().readLine();
      }
      process.inputReader().readLine(); // Was on its way.
      return process.inputReader().readLine();
    }
  }

  /**
   * @param patience how many seconds without an answer end a connection of TCP
   */
  Talker talk(String name, String how, String host, int port, int patience) throws Exception {
    var process = begin(name, TALKER, how, host, port + "", patience + "");
    var talker = new Talker(process);
    talker.hears("begins");
    return talker;
  }

  /** The address that whoever listens there sees; {@code nothing} within a second. */
  String ask(String name, String host, int port) {
    return ask(name, "tcp", host, port, "-", "-");
  }

  String ask(String name, String how, String host, int port, String source, String uid) {
    return output(name, "python3", "-c", ASKER, how, host, Integer.toString(port), source, uid);
  }

  /** Bits in a second, as they come to whoever listens there, for two and a half seconds. */
  double send(String name, String host, int port) {
    return Double.parseDouble(output(name, "python3", "-c", SENDER, host, port + ""));
  }

  boolean pings(String name, String address) {
    return run(name, "ping", "-n", "-q", "-c", "1", "-W", "1", address).exit() == 0;
  }

  @Override
  public void close() {
    listeners.forEach(Process::destroyForcibly);
    names.forEach(name -> Command.of("ip", "netns", "delete", prefix + name).run());
  }
}
