package dev.fjord.source.remote;

import java.io.File;
import java.util.TimeZone;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/** Answers what JGit asks of the machine around it: here there is nothing but a clock. */
final class NoMachine extends SystemReader {
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
