package dev.fjord.host.linux.names;

import dev.fjord.file.DurableFile;
import dev.fjord.file.KernelText;
import dev.fjord.json.ModelJson;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedHosts;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The site's block in a hosts file of this host. */
public final class HostsFile {
  private static final int LIMIT = 1 << 20;
  private static final Duration REMEMBERED = Duration.ofHours(1);
  private static final Set<PosixFilePermission> USUAL =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path file;
  private final Layout layout;
  private final InstantSource clock;

  public HostsFile(Path file, Layout layout, InstantSource clock) {
    this.file = file;
    this.layout = layout;
    this.clock = clock;
    ModelJson.learn(Written.class);
  }

  /** What is kept until the host boots. */
  record Written(List<String> lines, List<Instant> repairs) {
    Written {
      lines = List.copyOf(lines);
      repairs = List.copyOf(repairs);
    }
  }

  public ObservedHosts observe() {
    Written written = written();
    List<Instant> repairs = written == null ? List.of() : written.repairs();
    List<String> lines = written == null ? null : written.lines();
    try {
      HostsText text = read();
      Set<String> taken = new HashSet<>(text.otherNames());
      taken.addAll(ownNames());
      return new ObservedHosts(file, text.block(), taken, lines, repairs, suspects(text), null);
    } catch (ProblemException e) {
      return new ObservedHosts(file, null, Set.of(), lines, repairs, "", e.problem());
    }
  }

  /** Writes the block; the rest of the file stays byte for byte, its mode and owner too. */
  public void write(Step.WriteHosts step) {
    HostsText text = read();
    String now = text.with(step.lines());
    Written before = written();
    List<Instant> repairs = new ArrayList<>(before == null ? List.of() : before.repairs());
    repairs.removeIf(repair -> repair.isBefore(clock.instant().minus(REMEMBERED)));
    if (step.repair()) {
      repairs.add(clock.instant());
    }
    DurableFile.writeForThisBoot(
        layout.hostsWritten(), ModelJson.write(new Written(step.lines(), repairs)));
    if (!now.equals(text.text())) {
      replace(now.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private HostsText read() {
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return new HostsText("", layout.state());
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw unusable(
            Files.isSymbolicLink(file)
                ? "it is a symbolic link, to " + Files.readSymbolicLink(file)
                : "it is no regular file");
      }
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        if (channel.size() > LIMIT) {
          throw unusable("it has " + channel.size() + " bytes, more than " + LIMIT);
        }
        ByteBuffer bytes = ByteBuffer.allocate(LIMIT);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        return new HostsText(
            new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1),
            layout.state());
      }
    } catch (IOException e) {
      throw unusable(e.toString());
    }
  }

  private ProblemException unusable(String why) {
    return Problem.of("hosts-unusable", "names are not written to " + file)
        .detail(why)
        .hint("Name a regular file in 'hostsFile' of the agent's settings.")
        .asException();
  }

  private void replace(byte[] content) {
    Path fresh = DurableFile.beside(file);
    try {
      Files.deleteIfExists(fresh);
      write(fresh, content, StandardOpenOption.CREATE_NEW);
      keepOwner(fresh);
      DurableFile.moveIntoPlace(fresh, file);
    } catch (FileSystemException notReplaceable) {
      inPlace(fresh, content, notReplaceable);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** A file that is a mount of its own cannot be replaced, only written (rename(2), EBUSY). */
  private void inPlace(Path fresh, byte[] content, IOException why) {
    try {
      Files.deleteIfExists(fresh);
      write(file, content, StandardOpenOption.WRITE);
    } catch (IOException e) {
      e.addSuppressed(why);
      throw failed(e);
    }
  }

  private void write(Path path, byte[] content, StandardOpenOption how) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, how, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.truncate(content.length);
      channel.force(true);
    }
  }

  private void keepOwner(Path fresh) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      view.setPermissions(USUAL);
      return;
    }
    PosixFileAttributes old =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    view.setOwner(old.owner());
    view.setGroup(old.group());
    view.setPermissions(old.permissions());
  }

  private ProblemException failed(IOException e) {
    return Problem.of("write-failed", "writing names to " + file + " failed")
        .detail(e.toString())
        .hint("Is it on a file system that cannot be written, or marked immutable?")
        .asException(e);
  }

  private @Nullable Written written() {
    try {
      byte[] bytes = Files.readAllBytes(layout.hostsWritten());
      return ModelJson.read(bytes, Written.class, layout.hostsWritten().toString());
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException | ProblemException damaged) {
      return null; // It only tells a repair from a change.
    }
  }

  private static Set<String> ownNames() {
    try {
      String name =
          KernelText.read("/proc/sys/kernel/hostname", 256).strip().toLowerCase(Locale.ROOT);
      return new HashSet<>(List.of(name, name.split("\\.", 2)[0]));
    } catch (IOException unknown) {
      return Set.of();
    }
  }

  private String suspects(HostsText text) {
    List<String> told = new ArrayList<>();
    try {
      told.add("It was changed last at " + Files.getLastModifiedTime(file).toInstant());
    } catch (IOException gone) {
      told.add("It was removed");
    }
    List<String> claims = text.claims();
    if (!claims.isEmpty()) {
      told.add("its comments say: " + String.join(" / ", claims));
    }
    return String.join("; ", told);
  }
}
