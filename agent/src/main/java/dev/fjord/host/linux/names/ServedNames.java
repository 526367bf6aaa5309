package dev.fjord.host.linux.names;

import dev.fjord.file.DurableFile;
import dev.fjord.file.KernelText;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Layout;
import dev.fjord.model.ServedMark;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The files that dnsmasq(8) reads names and other servers from. */
public final class ServedNames {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final int LIMIT = 64 << 10;

  private final Layout layout;

  public ServedNames(Layout layout) {
    this.layout = layout;
  }

  /**
   * Digest of the names that the daemons were last given; null when the files say something else.
   */
  public @Nullable String told() {
    try {
      String told = Files.readString(layout.namesTold());
      String names = names();
      Step.WriteNames there =
          new Step.WriteNames(names == null ? "" : names, servers(layout.resolvers()));
      return names != null && there.digest().equals(told) ? told : null;
    } catch (IOException none) {
      return null;
    }
  }

  /**
   * The name that a daemon knows when it serves the names that it was last given; null when the
   * files say something else.
   */
  public @Nullable String mark() {
    try {
      String names = told() == null ? null : names();
      return names == null ? null : ServedMark.of(names);
    } catch (IOException none) {
      return null;
    }
  }

  private @Nullable String names() throws IOException {
    return ServedMark.names(Files.readString(layout.namesFile()));
  }

  /** The servers of resolv.conf(5) of the host, in their order. */
  public List<IpAddress> serversOfTheHost() {
    return servers(RESOLV_CONF);
  }

  /**
   * Writes the files, and notes that once the daemons have read them.
   *
   * @param tell makes the daemons read the files, and waits until they know this name
   */
  public void write(Step.WriteNames step, Consumer<String> tell) {
    StringBuilder servers = new StringBuilder();
    step.servers().forEach(server -> servers.append("nameserver ").append(server).append('\n'));
    try {
      Files.createDirectories(layout.names());
      Files.setPosixFilePermissions(layout.names(), PosixFilePermissions.fromString("rwxr-xr-x"));
      write(layout.namesFile(), ServedMark.file(step.names()));
      write(layout.resolvers(), servers.toString());
    } catch (IOException e) {
      throw Problem.of("write-failed", "writing names to " + layout.names() + " failed")
          .detail(e.toString())
          .asException(e);
    }
    tell.accept(ServedMark.of(step.names()));
    DurableFile.writeForThisBoot(
        layout.namesTold(), step.digest().getBytes(StandardCharsets.US_ASCII));
  }

  /** Read by a user who owns nothing. */
  private static void write(Path file, String text) throws IOException {
    Path fresh = DurableFile.beside(file);
    DurableFile.writeForThisBoot(fresh, text.getBytes(StandardCharsets.US_ASCII));
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<IpAddress> servers(Path file) {
    List<IpAddress> servers = new ArrayList<>();
    try {
      for (String line : KernelText.read(file.toString(), LIMIT).lines().toList()) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 1 && words[0].equals("nameserver")) {
          add(servers, words[1]);
        }
      }
    } catch (IOException none) {
      servers.clear();
    }
    return servers;
  }

  private static void add(List<IpAddress> servers, String text) {
    try {
      servers.add(IpAddress.parse(text));
    } catch (IllegalArgumentException withAZone) {
      // A document has no form for an address that is valid on one link alone.
    }
  }
}
