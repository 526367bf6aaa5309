package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The files of one revision, or of a plain folder. Immutable in what it lists; {@link #read} may
 * touch a disk. What it lists is bounded, owner by owner: an owner whose folder holds too much has
 * nothing in {@link #files()}, and a problem at the folder in {@link #skipped()}.
 */
public interface Tree {

  /** The folder in which each folder is a partner's own. */
  String PARTNERS = "partners";

  /** The commit's id, or {@code folder} for a plain folder. */
  String revision();

  /**
   * Regular files only (no symbolic links, no submodules), ordered by path. In partners' folders
   * those that are YAML by their names: others have no meaning there.
   */
  List<File> files();

  /**
   * What stands in the tree and is not read (symbolic links, submodules, hostile names), each with
   * its path as location. Such an entry is a fault of the owner of its folder, and does not count
   * as absent. For each partner the first hundred are listed, and one problem at the folder stands
   * for the others.
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
   * The latest commit on the branch's own line (first parents) that changed YAML in a folder and
   * fits a predicate.
   *
   * @param folder its path
   * @param other another folder, whose changes by the same commit are returned as well
   * @return null when there is none, or it is not known: there is no history, or it is too long or
   *     too large to be looked through
   */
  default @Nullable Commit latest(String folder, String other, Predicate<Commit> wanted) {
    return null;
  }

  /** What one commit changed in two folders. */
  record Commit(List<Edit> edits) {
    public Commit {
      edits = List.copyOf(edits);
    }
  }

  /**
   * A file before and after a commit.
   *
   * @param before its text; empty where it was not there
   * @param after its text; empty where it is no longer there
   */
  record Edit(String path, String before, String after) {}

  /**
   * One file.
   *
   * @param path relative, with {@code /}
   * @param content names the content: equal for equal bytes, different for different ones
   */
  record File(String path, String content) {

    /** Whether a file of that name is meant as YAML. */
    public static boolean isYaml(String path) {
      String lower = path.toLowerCase(Locale.ROOT);
      return lower.endsWith(".yaml") || lower.endsWith(".yml");
    }
  }
}
