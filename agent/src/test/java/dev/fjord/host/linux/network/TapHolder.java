package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.uml.Connector;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.model.InterfaceName;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process that holds a tap as a guest's kernel does, and does with it what it likes. */
final class TapHolder implements AutoCloseable {
  /** Sends frames from a tap, each with a header that says where a checksum is to be written. */
  private static final String HOLDER =
      """
      import fcntl, os, struct, sys, time
      fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
      fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", sys.argv[1].encode(), 0x5002))
      print("open", flush=True)
      for line in sys.stdin:
          words = line.split()
          if words[0] == "send":
              frame = bytes.fromhex(words[1])
              start, offset = int(words[2]), int(words[3])
              flags = 1 if start else 0 # VIRTIO_NET_HDR_F_NEEDS_CSUM
              header = struct.pack("<BBHHHH", flags, 0, len(frame), 0, start, offset)
              try:
                  os.write(fd, header + frame)
                  print("sent", flush=True)
              except OSError as e: # The kernel sees by itself that it cannot be.
                  print(e.strerror, flush=True)
          else: # SIOCSIFHWADDR, ARPHRD_ETHER
              mac = bytes.fromhex(words[1].replace(":", ""))
              request = struct.pack("16sH14s8x", sys.argv[1].encode(), 1, mac)
              try:
                  fcntl.ioctl(fd, 0x8924, request)
                  print("changed", flush=True)
              except OSError as e:
                  print(e.strerror, flush=True)
      """;

  /** Tells the sender, by its IPv4, IPv6 or ARP header, of each frame that holds a marker. */
  private static final String HEARER =
      """
      import ipaddress, select, socket, sys, time
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
      s.bind((sys.argv[1], 0))
      marker = sys.argv[2].encode()
      print("hears", flush=True)
      sys.stdin.readline()
      until = time.monotonic() + 1
      heard = set()
      while select.select([s], [], [], max(0, until - time.monotonic()))[0]:
          frame, origin = s.recvfrom(70000)
          if marker in frame and origin[2] != socket.PACKET_OUTGOING:
              kind = int.from_bytes(frame[12:14], "big")
              at, size = {0x0800: (26, 4), 0x0806: (28, 4), 0x86dd: (22, 16)}[kind]
              heard.add(str(ipaddress.ip_address(frame[at:at + size])))
      print(" ".join(sorted(heard)), flush=True)
      """;

  private final List<Process> started = new ArrayList<>();
  private final Process process;
  private final BufferedReader answers;

  private TapHolder(List<String> inside, InterfaceName tap) throws IOException {
    this.process = start(inside, "python3", "-c", HOLDER, tap.value());
    this.answers = process.inputReader();
    assertThat(answers.readLine()).isEqualTo("open");
  }

  /** Opens a tap that is connected on the lab's host, there or in a namespace of its own. */
  static TapHolder of(Wires wires, InterfaceName tap, Connector.@Nullable Place where)
      throws IOException {
    var inside =
        where == null
            ? wires.inside("host")
            : List.of("nsenter", "--net=/proc/" + where.pid() + "/ns/net");
    var holder = new TapHolder(inside, tap);
    // A port forwards nothing until the kernel has noticed that somebody holds its tap.
    var state = "/sys/class/net/" + tap + "/brport/state";
    assertThat(
            Polling.until(
                Duration.ofMinutes(1), () -> wires.output("host", "cat", state).equals("3")))
        .isTrue();
    return holder;
  }

  /**
   * A frame that is sent.
   *
   * @param frame its bytes in hexadecimal digits
   * @param start where the checksum that is to be written begins; 0 for none
   * @param offset where, counted from there, it is written
   */
  record Sent(String frame, int start, int offset) {
    Sent(byte[] frame, int start, int offset) {
      this(HexFormat.of().formatHex(frame), start, offset);
    }
  }

  String order(String line) throws IOException {
    var orders = process.outputWriter();
    orders.write(line + "\n");
    orders.flush();
    return answers.readLine();
  }

  /** The senders that an interface sees, of frames with the marker; empty when none arrives. */
  String sends(Wires wires, String namespace, String device, String marker, Sent... frames)
      throws IOException {
    var hearer = start(wires.inside(namespace), "python3", "-c", HEARER, device, marker);
    var heard = hearer.inputReader();
    assertThat(heard.readLine()).isEqualTo("hears");
    for (var sent : frames) {
      order("send " + sent.frame + " " + sent.start + " " + sent.offset);
    }
    var orders = hearer.outputWriter();
    orders.write("now\n");
    orders.flush();
    return heard.readLine();
  }

  private Process start(List<String> inside, String... words) throws IOException {
    var all = new ArrayList<>(inside);
    all.addAll(List.of(words));
    var begun = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(begun);
    return begun;
  }

  @Override
  public void close() {
    started.forEach(one -> one.destroyForcibly().onExit().join());
  }
}
