package dev.fjord.host.linux.uml;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.QuickBoot;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away kernel that works on disks which a partner could write, so that no file system
 * driver of the host ever reads a byte of them. It runs as the instance's own user, confined as the
 * instance is, without a network; its only process is {@code workshop.c}, which powers off when its
 * job is done. Its output is as hostile as the disks: it is bounded and cleaned, and used for a
 * report alone.
 *
 * <p>Safe for use by many threads; nothing else may use the disks meanwhile. The kernel ends with
 * the call, in whatever way that ends, and with this process.
 */
public final class Appliance {
  private static final CompiledSource INIT =
      new CompiledSource(
          "workshop",
          List.of("-static"),
          "a file system is grown or carried over by a small program inside a kernel");

  private static final Path SHM = Path.of("/dev/shm");
  private static final ByteSize MEMORY = ByteSize.mib(128);
  private static final ByteSize SCRATCH = ByteSize.mib(144);
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final String MARK = "fjord: ";
  private static final Pattern FAILED =
      Pattern.compile("failed ([a-z ]{1,40}) errno ([0-9]{1,4})(?: (/[-_./%a-zA-Z0-9]*+))?");

  private final Layout layout;
  private final KernelTrial trial;
  private final Duration longest;
  private final ThrowAway throwAway;

  public Appliance(Layout layout, KernelTrial trial) {
    this(layout, trial, LONGEST);
  }

  Appliance(Layout layout, KernelTrial trial, Duration longest) {
    this.layout = layout;
    this.trial = trial;
    this.longest = longest;
    this.throwAway = new ThrowAway(layout);
  }

  /**
   * The kernel that works, and its user.
   *
   * @param kernel stored, tried, and of the disks' instance
   * @param uid the user that owns the disks
   */
  public record Worker(ResourceName kernel, Digest digest, int uid) {}

  /**
   * Two roots and what they stand on. The COWs belong to the worker's user; both are written.
   *
   * @param oldRoot a copy: its journal is played back
   * @param newRoot fresh; when the call fails it must not be used
   */
  public record Roots(Path oldImage, Path oldRoot, Path newImage, Path newRoot) {}

  /**
   * Makes an ext4 fill its disk. One that fills it already stays as it is.
   *
   * @param disk the worker's
   * @param backing the pristine image that it is a COW over; null for a raw disk
   * @throws ProblemException {@code workshop-failed}: there is no ext4, or it is damaged, or cannot
   *     be grown that far; it is then as it was
   */
  public void grow(Worker worker, Path disk, @Nullable Path backing) {
    run(
        worker,
        "grow",
        List.of(backing == null ? "ubd1d=" + disk : "ubd1=" + disk + "," + backing),
        backing == null ? List.of() : List.of(backing),
        List.of(disk));
  }

  /**
   * Carries what the partner has changed over to the new root, which then is as long as its disk.
   *
   * @throws ProblemException {@code workshop-failed}, with what could not be done and where
   */
  public RebaseReport rebase(Worker worker, Roots roots) {
    return merge(worker, "rebase", roots);
  }

  /** Reports what {@link #rebase} would do. The new root is not written. */
  public RebaseReport compare(Worker worker, Roots roots) {
    return merge(worker, "compare", roots);
  }

  private RebaseReport merge(Worker worker, String job, Roots roots) {
    List<String> told =
        run(
            worker,
            job,
            List.of(
                "ubd1dr=" + roots.oldImage(),
                "ubd2=" + roots.oldRoot() + "," + roots.oldImage(),
                "ubd3=" + roots.newRoot() + "," + roots.newImage()),
            List.of(roots.oldImage(), roots.newImage()),
            List.of(roots.oldRoot(), roots.newRoot()));
    return RebaseLines.read(told);
  }

  private List<String> run(
      Worker worker, String job, List<String> disks, List<Path> read, List<Path> written) {
    Path init = INIT.compiled(layout);
    long largest = written.stream().mapToLong(disk -> disk.toFile().length()).max().orElse(0);
    Confinement confinement =
        new Confinement(worker.uid(), new ByteSize(Math.max(largest, SCRATCH.bytes())))
            .asking(SyscallFilter.KERNEL.file(layout))
            .withoutNetwork()
            .scratch(SHM, SCRATCH) // First: what comes later may lie in it.
            .readOnly(layout.kernelFolder(worker.kernel(), worker.digest()))
            .readOnly(init)
            .variable("TMPDIR", SHM.toString());
    read.stream().distinct().forEach(confinement::readOnly);
    written.forEach(confinement::writable);
    @Nullable Path library = trial.libraryFor(worker.kernel(), worker.digest());
    if (library != null) {
      confinement.readOnly(library).variable("LD_PRELOAD", library.toString());
    }
    List<String> words = new ArrayList<>();
    words.add(layout.kernel(worker.kernel(), worker.digest()).toString());
    words.addAll(List.of("mem=128M", "rootfstype=hostfs", "rootflags=/", "ro", "init=" + init));
    words.addAll(List.of("con=null", "con0=null,fd:1", "panic=-1", "noreboot", "quiet"));
    words.addAll(List.of("seccomp=off", "umid=workshop", "uml_dir=" + SHM + "/", "job=" + job));
    words.addAll(QuickBoot.words(false));
    words.addAll(disks);
    Command.Output output = throwAway.run("workshop", MEMORY, confinement.words(words), longest);
    return outcome(job, output);
  }

  private static List<String> outcome(String job, Command.Output output) {
    List<String> told =
        output
            .text()
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith(MARK))
            .map(line -> line.substring(MARK.length()))
            .toList();
    if (told.contains("done")) {
      return told;
    }
    String failure =
        told.stream().filter(line -> line.startsWith("failed ")).findFirst().orElse(null);
    Matcher failed = FAILED.matcher(failure == null ? "" : failure);
    if (failed.matches()) {
      String place = failed.group(3) == null ? "" : " " + failed.group(3);
      throw problem(job)
          .detail("could not " + failed.group(1) + place + ": " + reason(failed.group(2)))
          .asException();
    }
    String said = PlainText.of(output.text() + output.error()).strip();
    throw problem(job)
        .detail("its kernel ended early: " + said.substring(Math.max(0, said.length() - 600)))
        .asException();
  }

  private static Problem problem(String job) {
    return Problem.of(
        "workshop-failed",
        job.equals("grow")
            ? "the file system could not be grown to the size of its disk"
            : "the root could not be carried over to the other version of its image");
  }

  /** What the values of errno(3) mean that are the disks' fault and not fjord's. */
  private static String reason(String errno) {
    return switch (errno) {
      case "1" -> "its file system does not allow it (errno 1)";
      case "5" -> "the disk could not be read, or the host has no room left (errno 5)";
      case "22" -> "no ext4 file system is there (errno 22)";
      case "28" -> "no space is left on the new root (errno 28)";
      case "36" -> "names are nested too deeply (errno 36)";
      case "40" -> "folders are nested more than 512 deep (errno 40)";
      case "117" -> "the file system is damaged (errno 117)";
      default -> "errno " + errno;
    };
  }
}
