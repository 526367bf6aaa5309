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
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * The files of a plain folder. No symbolic link below it is followed. It must stay independent of
 * JGit: {@code fjord validate} starts in half of the time without it.
 */
public final class FolderTree implements Tree {
  /** A larger file is no document: its name, size and date stand for its content. */
  private static final long HASHED_UP_TO = 4 << 20;

  private final Path folder;
  private final List<File> files = new ArrayList<>();
  private final List<Problem> skipped = new ArrayList<>();

  private FolderTree(Path folder) {
    this.folder = folder;
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
    FolderTree tree = new FolderTree(folder);
    try {
      tree.list(folder, "", 0);
    } catch (IOException | DirectoryIteratorException e) {
      throw Problem.of("folder-unreadable", "reading the folder " + folder + " failed")
          .detail(e.toString())
          .hint("Check the permissions; a folder that is being changed can be read again later.")
          .asException(e);
    }
    tree.files.sort(Comparator.comparing(File::path));
    return tree;
  }

  @Override
  public String revision() {
    return "folder";
  }

  @Override
  public List<File> files() {
    return List.copyOf(files);
  }

  /** What is there but is not read, and why; each with its path. */
  @Override
  public List<Problem> skipped() {
    return List.copyOf(skipped);
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

  private void list(Path where, String prefix, int depth) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(where)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!TreeRules.isHidden(name)) {
          add(entry, prefix, name, depth);
        }
      }
    } catch (NotDirectoryException removedMeanwhile) {
      skipped.add(TreeRules.skipped(prefix, "it is no longer a folder"));
    }
  }

  private void add(Path entry, String prefix, String name, int depth) throws IOException {
    String path = prefix + name;
    String fault = TreeRules.fault(prefix, name, depth);
    if (fault != null) {
      skipped.add(TreeRules.skipped(path, fault));
      return;
    }
    BasicFileAttributes found =
        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isDirectory()) {
      list(entry, path + "/", depth + 1);
    } else if (!found.isRegularFile()) {
      String kind = found.isSymbolicLink() ? "a symbolic link" : "a device, pipe or socket";
      skipped.add(TreeRules.skipped(path, "it is " + kind));
    } else {
      files.add(new File(path, content(entry, found)));
      if (files.size() > TreeRules.MOST_FILES) {
        throw TreeRules.tooMany("the folder " + folder).asException();
      }
    }
  }

  private static String content(Path file, BasicFileAttributes found) throws IOException {
    if (found.size() > HASHED_UP_TO) {
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
