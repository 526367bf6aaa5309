package dev.fjord.host.linux.uml;

import dev.fjord.file.FileMemory;
import dev.fjord.json.FileFormat;
import dev.fjord.model.Death;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last deaths of each instance, in its folder, so that they outlive a reboot of the host.
 * Evidence for people: nothing is decided by it, and a file that cannot be read holds none.
 */
final class Deaths {
  /** In a crash loop the first deaths may say more than the last one. */
  static final int MOST = 5;

  /** Each has at most 15 lines of 400 characters. */
  private static final int LONGEST_FILE = 256 << 10;

  private final Layout layout;
  static final FileFormat<Kept> FORMAT =
      new FileFormat<>(
          Kept.class, 1, LONGEST_FILE, "How machines ended is not noted there meanwhile.");

  private final FileMemory<Kept> read = new FileMemory<>();

  /**
   * @param layout where it lies
   */
  Deaths(Layout layout) {
    this.layout = layout;
  }

  /** The file's content, oldest first. */
  record Kept(List<Death> deaths) {
    Kept {
      deaths = List.copyOf(deaths);
    }
  }

  /** The last one; null for none. */
  @Nullable Death last(ResourceName name) {
    List<Death> all = all(name);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  /** Oldest first. */
  List<Death> all(ResourceName name) {
    try {
      Kept kept = FORMAT.orNull(read, layout.deaths(name));
      return kept == null ? List.of() : kept.deaths();
    } catch (ProblemException newer) {
      return List.of(); // The next write reports it.
    }
  }

  /**
   * Keeps it, and forgets the oldest beyond {@link #MOST}.
   *
   * @throws ProblemException when it could not be written
   */
  void add(ResourceName name, Death death) {
    List<Death> deaths = new ArrayList<>(all(name));
    deaths.add(death);
    List<Death> latest = deaths.subList(Math.max(0, deaths.size() - MOST), deaths.size());
    FORMAT.write(layout.deaths(name), new Kept(latest));
  }
}
