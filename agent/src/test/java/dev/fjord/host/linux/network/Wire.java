package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Holds taps open as kernels do, sends whatever frame from them, and tells where it comes out: at
 * the other taps, and at the host's end of the bridge.
 */
final class Wire implements AutoCloseable {
  private static final String PROGRAM =
      """
      import fcntl, os, select, socket, struct, sys, time
      taps = {}
      for name in sys.argv[2:]:
          fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
          # IFF_TAP | IFF_NO_PI | IFF_VNET_HDR: a header of ten bytes before each frame
          fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", name.encode(), 0x5002))
          taps[name] = fd
      bridge = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
      bridge.bind((sys.argv[1], 0))
      bridge.setblocking(False)
      ends = {fd: name for name, fd in taps.items()}
      ends[bridge.fileno()] = sys.argv[1]
      def come(marker, wait):
          found, until = set(), time.monotonic() + wait
          while time.monotonic() < until:
              for fd in select.select(list(ends), [], [], max(0, until - time.monotonic()))[0]:
                  data = os.read(fd, 70000)
                  if marker in data:
                      found.add(ends[fd])
                      until = min(until, time.monotonic() + 0.01)
          return found
      def drain():
          while True:
              ready = select.select(list(ends), [], [], 0)[0]
              if not ready:
                  return
              for fd in ready:
                  os.read(fd, 70000)
      # A port forwards nothing until the kernel has noticed that somebody holds its tap.
      while any(open(f"/sys/class/net/{t}/brport/state").read().strip() != "3" for t in taps):
          time.sleep(0.02)
      print("open", flush=True)
      for line in sys.stdin:
          words = line.split()
          tap, frame, times = words[0], bytes.fromhex(words[1]), int(words[2])
          if times > 1:
              for i in range(times):
                  os.write(taps[tap], bytes(10) + frame + bytes(46))
              arrived, until = {}, time.monotonic() + 0.3
              while time.monotonic() < until:
                  for fd in select.select(list(ends), [], [], 0.05)[0]:
                      if frame in os.read(fd, 70000):
                          arrived[ends[fd]] = arrived.get(ends[fd], 0) + 1
              print(" ".join(f"{k}={v}" for k, v in sorted(arrived.items())), flush=True)
              continue
          drain()
          os.write(taps[tap], bytes(10) + frame + bytes(46))
          # Padding is cut off where br_netfilter looks, a tag taken off where packets are captured.
          print(" ".join(sorted(come(frame[14:], 0.06))), flush=True)
      """;

  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;

  Wire(List<String> prefix, String bridge, List<String> taps) throws IOException {
    var words =
        Stream.of(prefix, List.of("python3", "-c", PROGRAM, bridge), taps)
            .flatMap(List::stream)
            .toList();
    process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    answers = process.inputReader();
    orders = process.outputWriter();
    assertThat(answers.readLine()).isEqualTo("open");
  }

  /** Where a frame comes out, in order of the names; nowhere is empty. */
  String send(String tap, byte[] frame) {
    return order(tap, frame, 1);
  }

  /** The same, very often at once: {@code tap-b=200 …}. */
  String flood(String tap, byte[] frame, int times) {
    return order(tap, frame, times);
  }

  private String order(String tap, byte[] frame, int times) {
    try {
      orders.write(tap + " " + HexFormat.of().formatHex(frame) + " " + times + "\n");
      orders.flush();
      return answers.readLine();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
