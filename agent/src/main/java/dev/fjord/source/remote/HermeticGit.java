package dev.fjord.source.remote;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.FS_POSIX;
import org.eclipse.jgit.util.SystemReader;

/**
 * JGit without the machine around it: no {@code git} program is run for its settings, no
 * environment variable and no configuration but a repository's own is read. What works here works
 * for every user on every host.
 */
public final class HermeticGit {
  /** Larger objects are streamed, not held in memory. */
  private static final int STREAMED_FROM = 1 << 20;

  private static final int OWNER_ALONE = 0077;
  private static final FS FILES = files();

  private HermeticGit() {}

  /** Sets the umask explicitly, because JGit would run a shell to find it out. */
  private static FS files() {
    install();
    FS files = FS.detect();
    if (files instanceof FS_POSIX posix) {
      posix.setUmask(OWNER_ALONE);
    }
    return files;
  }

  /** Opens a bare repository that is there. The caller closes it. */
  public static Repository open(Path bare) throws IOException {
    return new FileRepositoryBuilder()
        .setMustExist(true)
        .setFS(FILES)
        .setBare()
        .setGitDir(bare.toFile())
        .build();
  }

  /**
   * Opens the repository to fetch from: a bare repository, or the one of a work tree.
   *
   * @throws NoRemoteRepositoryException when there is none
   */
  static Repository served(String path) throws IOException {
    File folder = RepositoryCache.FileKey.resolve(new File(path), FILES);
    if (folder == null) {
      throw new NoRemoteRepositoryException(new URIish().setPath(path), "no repository is there");
    }
    Repository repository = open(folder.toPath());
    if ("sha256".equals(repository.getConfig().getString("extensions", null, "objectformat"))) {
      repository.close();
      throw new IOException("the repository has object-format=sha256");
    }
    return repository;
  }

  /** Opens the repository that a folder is, or whose work tree it is. The caller closes it. */
  public static Repository discover(Path folder) throws IOException {
    var builder = new FileRepositoryBuilder().setFS(FILES).setMustExist(true);
    File parent = folder.toFile().getParentFile();
    if (parent != null) {
      builder.addCeilingDirectory(parent);
    }
    return builder.findGitDir(folder.toFile()).build();
  }

  /** Makes an empty bare repository whose garbage needs no second process's grace period. */
  public static Repository create(Path bare) throws IOException {
    Repository repository =
        new FileRepositoryBuilder().setFS(FILES).setBare().setGitDir(bare.toFile()).build();
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

  /**
   * This has to come before any other use of JGit, which asks the machine once and remembers the
   * answer.
   */
  private static void install() {
    if (!(SystemReader.getInstance() instanceof NoMachine)) {
      SystemReader.setInstance(new NoMachine(SystemReader.getInstance()));
      WindowCacheConfig memory = new WindowCacheConfig();
      memory.setPackedGitLimit(8L << 20);
      memory.setDeltaBaseCacheLimit(4 << 20);
      memory.setStreamFileThreshold(STREAMED_FROM);
      memory.install();
    }
  }
}
