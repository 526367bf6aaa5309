package dev.fjord.source.remote;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TimeZone;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * JGit without the machine around it: no {@code git} program is run for its settings, no
 * environment variable and no configuration but a repository's own is read. What works here works
 * for every user on every host.
 */
public final class HermeticGit {
  /** Larger objects are streamed, not held in memory. */
  private static final int STREAMED_FROM = 1 << 20;

  private HermeticGit() {}

  /** Opens a bare repository that is there. The caller closes it. */
  public static Repository open(Path bare) throws IOException {
    install();
    return new FileRepositoryBuilder()
        .setMustExist(true)
        .setBare()
        .setGitDir(bare.toFile())
        .build();
  }

  /** Opens the repository that a folder is, or whose work tree it is. The caller closes it. */
  public static Repository discover(Path folder) throws IOException {
    install();
    var builder = new FileRepositoryBuilder().setMustExist(true);
    File parent = folder.toFile().getParentFile();
    if (parent != null) {
      builder.addCeilingDirectory(parent);
    }
    return builder.findGitDir(folder.toFile()).build();
  }

  /** Makes an empty bare repository whose garbage needs no second process's grace period. */
  public static Repository create(Path bare) throws IOException {
    install();
    Repository repository = new FileRepositoryBuilder().setBare().setGitDir(bare.toFile()).build();
    repository.create(true);
    StoredConfig config = repository.getConfig();
    config.setBoolean("core", null, "fsyncObjectFiles", true);
    config.setBoolean("core", null, "fsyncRefFiles", true);
    config.setInt("gc", null, "auto", 0);
    config.setString("gc", null, "pruneExpire", "now");
    config.setString("gc", null, "prunePackExpire", "now");
    config.setInt("pack", null, "threads", 1);
    config.setBoolean("pack", null, "buildBitmaps", false);
    config.save();
    return repository;
  }

  /** Must come before any other use of JGit: it asks the machine once and remembers. */
  public static void install() {
    if (!(SystemReader.getInstance() instanceof NoMachine)) {
      SystemReader.setInstance(new NoMachine(SystemReader.getInstance()));
      WindowCacheConfig memory = new WindowCacheConfig();
      memory.setPackedGitLimit(8L << 20);
      memory.setDeltaBaseCacheLimit(4 << 20);
      memory.setStreamFileThreshold(STREAMED_FROM);
      memory.install();
    }
  }

  private static final class NoMachine extends SystemReader {
    private final SystemReader clock;

    NoMachine(SystemReader clock) {
      this.clock = clock;
      setPlatformChecker();
    }

    @Override
    public String getHostname() {
      return "localhost";
    }

    @Override
    @SuppressWarnings("NullAway") // JGit's contract: null for a variable that is not set.
    public String getenv(String variable) {
      return null;
    }

    @Override
    public String getProperty(String key) {
      return key.equals("user.home") ? "/nonexistent" : System.getProperty(key);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
      return new NoConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
      return new NoConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
      return new NoConfig(parent, fs);
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract still.
    public long getCurrentTime() {
      return clock.getCurrentTime();
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract still.
    public int getTimezone(long when) {
      return TimeZone.getDefault().getOffset(when) / 60_000;
    }
  }

  /**
   * Empty, and never saved. It answers how fine the file system's timestamps are, because JGit
   * would measure that with threads and probe files: 10 ms is the coarsest clock tick of Linux.
   */
  private static final class NoConfig extends FileBasedConfig {
    NoConfig(Config parent, FS fs) {
      super(parent, new File("/nonexistent/config"), fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }

    @Override
    public String getString(String section, String subsection, String name) {
      boolean isTick =
          section.equals("filesystem")
              && (name.equals("timestampResolution") || name.equals("minRacyThreshold"));
      return isTick ? "10 milliseconds" : super.getString(section, subsection, name);
    }
  }
}
