package dev.fjord.source;

import dev.fjord.source.remote.HermeticGit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;

/** The administrator's repository in a test: a bare one, whose commits are made one by one. */
public final class Upstream implements AutoCloseable {
  private final Repository repository;
  private int commits;

  public Upstream(Path folder) throws IOException {
    repository = HermeticGit.create(folder);
  }

  public Path folder() {
    return repository.getDirectory().toPath();
  }

  public Repository repository() {
    return repository;
  }

  /** A commit of one file on a branch; its message may have trailers. */
  public String commit(String message, String... parents) throws IOException {
    return commit(message, Map.of("fjord.yaml", message), parents);
  }

  public String commit(String message, Map<String, String> files, String... parents)
      throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    files.forEach((path, text) -> entries.put(path, Entry.file(text)));
    return commitEntries(message, entries, parents);
  }

  /** A commit of files, links and submodules. */
  public String commitEntries(String message, Map<String, Entry> entries, String... parents)
      throws IOException {
    try (ObjectInserter inserter = repository.newObjectInserter()) {
      DirCache index = DirCache.newInCore();
      DirCacheBuilder builder = index.builder();
      for (Map.Entry<String, Entry> file : entries.entrySet()) {
        DirCacheEntry entry = new DirCacheEntry(file.getKey());
        Entry content = file.getValue();
        entry.setFileMode(content.mode());
        entry.setObjectId(
            content.mode().equals(FileMode.GITLINK)
                ? ObjectId.fromString("1".repeat(40))
                : inserter.insert(
                    Constants.OBJ_BLOB, content.text().getBytes(StandardCharsets.UTF_8)));
        builder.add(entry);
      }
      builder.finish();
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(index.writeTree(inserter));
      for (String parent : parents) {
        commit.addParentId(ObjectId.fromString(parent));
      }
      Instant when = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(60L * commits++);
      PersonIdent author = new PersonIdent("Linda", "linda@example.org", when, ZoneOffset.UTC);
      commit.setAuthor(author);
      commit.setCommitter(author);
      commit.setMessage(message);
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      return id.name();
    }
  }

  /** Moves a branch, by force if need be. */
  public void push(String branch, String commit) throws IOException {
    RefUpdate update = repository.updateRef("refs/heads/" + branch);
    update.setNewObjectId(ObjectId.fromString(commit));
    update.setForceUpdate(true);
    RefUpdate.Result result = update.update();
    if (result == RefUpdate.Result.LOCK_FAILURE || result == RefUpdate.Result.IO_FAILURE) {
      throw new IOException(branch + ": " + result);
    }
  }

  public void delete(String branch) throws IOException {
    RefUpdate update = repository.updateRef("refs/heads/" + branch);
    update.setForceUpdate(true);
    if (update.delete() != RefUpdate.Result.FORCED) {
      throw new IOException("not deleted: " + branch);
    }
  }

  @Override
  public void close() {
    repository.close();
  }

  /** What stands at a path. */
  public record Entry(FileMode mode, String text) {
    public static Entry file(String text) {
      return new Entry(FileMode.REGULAR_FILE, text);
    }

    public static Entry link(String target) {
      return new Entry(FileMode.SYMLINK, target);
    }

    public static Entry submodule() {
      return new Entry(FileMode.GITLINK, "");
    }
  }
}
