package dev.fjord.report;

import dev.fjord.file.DurableFile;
import dev.fjord.json.FileFormat;
import dev.fjord.model.Layout;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.problem.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The status on the disk, replaced as a whole at the end of each run. It is only reported: no
 * decision is based on it.
 */
public final class StatusFile {
  private static final int LONGEST = 64 << 20;

  private static final FileFormat<Status> FORMAT =
      new FileFormat<>(
          Status.class, Status.VERSION, LONGEST, "The next run of this one replaces it.");

  private StatusFile() {}

  /**
   * Replaces it, also one of a newer version of fjord: it reports the last run, by whichever
   * version. On a disk that is full the status lies in the run directory: what was true before must
   * not be reported as true.
   *
   * @throws ProblemException {@code write-failed}
   */
  public static void write(Layout layout, Status status) {
    byte[] json = Secrets.hidden(StatusJson.text(status)).getBytes(StandardCharsets.UTF_8);
    try {
      DurableFile.write(layout.status(), json);
    } catch (ProblemException full) {
      DurableFile.writeForThisBoot(layout.statusAside(), json);
      return;
    }
    try {
      Files.deleteIfExists(layout.statusAside());
    } catch (IOException e) {
      throw Problem.of("write-failed", "removing " + layout.statusAside() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /**
   * The last status; {@code no-status} or {@code unreadable-status} where there is none to read.
   */
  public static Checked<Status> read(Layout layout) {
    Path path = Files.exists(layout.statusAside()) ? layout.statusAside() : layout.status();
    try {
      return Checked.of(FORMAT.read(path));
    } catch (NoSuchFileException e) {
      return Checked.failed(
          Problem.of("no-status", "there is no " + path + " yet: no run has come to its end")
              .hint("Start the agent ('fjord agent'), or run 'fjord apply' once."));
    } catch (IOException e) {
      return Checked.failed(
          Problem.of("unreadable-status", "reading " + path + " failed")
              .detail(e.toString())
              .hint("It is root's; try 'sudo fjord status'."));
    } catch (ProblemException e) {
      return Checked.failed(
          FileFormat.isNewer(e)
              ? e.problem()
              : e.problem()
                  .hint("The next run replaces it; 'fjord poke' makes the agent begin one."));
    }
  }
}
