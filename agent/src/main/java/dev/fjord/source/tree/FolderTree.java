package dev.fjord.source.tree;

import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a plain folder. No symbolic link below it is followed. This class must stay
 * independent of JGit: {@code fjord validate} starts in half of the time without it.
 */
public final class FolderTree implements Tree {
  /** A larger file is no document: its name, size and date stand for its content. */
  private static final long HASHED_UP_TO = 4 << 20;

  private final Path folder;
  private final Walk.Found found;

  private FolderTree(Path folder, Walk.Found found) {
    this.folder = folder;
    this.found = found;
  }

  /**
   * Lists a folder.
   *
   * @throws dev.fjord.problem.ProblemException {@code folder-missing}, {@code folder-unreadable},
   *     {@code tree-too-large}
   */
  public static FolderTree of(Path folder) {
    if (!Files.isDirectory(folder)) {
      String found = Files.exists(folder) ? " is not a folder" : " does not exist";
      throw Problem.of("folder-missing", "reading the folder " + folder + ": it" + found)
          .hint("Name the folder that holds fjord.yaml ('fjord init DIR' makes one).")
          .asException();
    }
    try {
      Walk.Found found = Walk.of("the folder " + folder, new Folders(), folder, null);
      return new FolderTree(folder, found);
    } catch (IOException | DirectoryIteratorException e) {
      throw Problem.of("folder-unreadable", "reading the folder " + folder + " failed")
          .detail(e.toString())
          .hint("Check the permissions; a folder that is being changed can be read again later.")
          .asException(e);
    }
  }

  @Override
  public String revision() {
    return "folder";
  }

  @Override
  public List<File> files() {
    return found.files();
  }

  /** What is there but is not read, and why; each with its path. */
  @Override
  public List<Problem> skipped() {
    return found.skipped();
  }

  @Override
  public byte[] read(File file, int limit) {
    Path path = folder.resolve(file.path());
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw TreeRules.tooLarge(file.path(), Files.size(path), limit).asException();
      }
      return content;
    } catch (IOException e) {
      throw Problem.of("file-unreadable", "reading '" + file.path() + "' failed")
          .detail(e.toString())
          .at(Location.file(file.path()))
          .asException(e);
    }
  }

  /** The content of a folder is unknown until it is listed. */
  private record Folders() implements Walk.Source<Path> {
    @Override
    public @Nullable Object id(Path folder) {
      return null;
    }

    @Override
    public void list(Path folder, Walk.Entries<Path> to) throws IOException {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (TreeRules.isHidden(name)) {
            continue; // Other programs may make and remove files here at any time.
          }
          BasicFileAttributes found =
              Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
          if (found.isDirectory()) {
            to.folder(name, entry);
          } else if (found.isRegularFile()) {
            to.file(name, () -> content(entry, found));
          } else {
            to.other(name, found.isSymbolicLink() ? "a symbolic link" : "a device, pipe or socket");
          }
        }
      }
    }

    /** A file that is not YAML costs its name alone. */
    private static String content(Path file, BasicFileAttributes found) throws IOException {
      if (found.size() > HASHED_UP_TO || !File.isYaml(file.toString())) {
        return found.size() + "-" + found.lastModifiedTime().toMillis() + "-" + found.fileKey();
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(in.readNBytes((int) HASHED_UP_TO)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}
