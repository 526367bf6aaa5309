package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.util.List;

/**
 * The files of one revision, or of a plain folder. Immutable in what it lists; {@link #read} may
 * touch a disk.
 */
public interface Tree {

  /** The commit's id, or {@code folder} for a plain folder. */
  String revision();

  /** Regular files only (no symbolic links, no submodules), ordered by path. */
  List<File> files();

  /**
   * What stands in the tree and is not read (symbolic links, submodules, hostile names), each with
   * its path as location. Such an entry is a fault of whose folder it lies in: it is not absent.
   */
  List<Problem> skipped();

  /**
   * The whole content of a file of {@link #files()}.
   *
   * @param limit bytes
   * @throws dev.fjord.problem.ProblemException when it is larger, or cannot be read
   */
  byte[] read(File file, int limit);

  /**
   * One file.
   *
   * @param path relative, with {@code /}
   * @param content names the content: equal for equal bytes, different for different ones
   */
  record File(String path, String content) {}
}
