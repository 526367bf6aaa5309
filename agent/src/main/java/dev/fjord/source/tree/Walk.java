package dev.fjord.source.tree;

import dev.fjord.model.Tree;
import dev.fjord.model.Tree.File;
import dev.fjord.problem.FirstProblems;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists a tree within limits that count for each owner. A partner's folder that holds too much ends
 * the walk of that folder alone, as soon as it is known; nothing of it is listed then. The site's
 * own files end all of it.
 *
 * @param <F> a folder, as its source knows it
 */
final class Walk<F> {

  /** Where folders come from. */
  interface Source<F> {

    /** Equal for equal content, with all that is below; null when that is not known. */
    @Nullable Object id(F folder);

    /** Reports all entries of a folder. */
    void list(F folder, Entries<F> entries) throws IOException;
  }

  /** Takes what is in a folder. Each of its methods may end the walk of it by an exception. */
  interface Entries<F> {
    void folder(String name, F folder) throws IOException;

    void file(String name, Content content) throws IOException;

    /** Neither file nor folder; {@code kind} such as {@code a symbolic link}. */
    void other(String name, String kind);

    /** Called instead of the others when there are too many entries to look through. */
    void tooMany();
  }

  /** The name of a file's content; it is asked for only for files that are listed. */
  interface Content {
    String id() throws IOException;
  }

  /**
   * A tree.
   *
   * @param root for the walk of another one
   * @param files ordered by path
   */
  record Found(Listed root, List<File> files, List<Problem> skipped) {}

  private final Source<F> source;
  private final String tree;

  private Walk(Source<F> source, String tree) {
    this.source = source;
    this.tree = tree;
  }

  /**
   * Lists a tree.
   *
   * @param tree how problems call it
   * @param before the root of another one: folders of the same path and id are taken over as they
   *     are
   * @throws ProblemException {@code tree-too-large}
   */
  static <F> Found of(String tree, Source<F> source, F root, @Nullable Listed before)
      throws IOException {
    try {
      Allowance allowance = Allowance.ofSite(tree);
      return found(new Walk<>(source, tree).folder(root, "", 0, before, allowance));
    } catch (Allowance.Exceeded e) {
      throw e.problem().asException();
    }
  }

  private static Found found(Listed root) {
    List<File> files = new ArrayList<>(root.files());
    List<Problem> skipped = new ArrayList<>(root.skipped());
    Listed partners = root.folders().get(Tree.PARTNERS);
    if (partners != null) {
      partners
          .folders()
          .forEach((name, plot) -> {
            files.addAll(plot.files());
            skipped.addAll(plot.skipped());
            if (plot.more() > 0) {
              skipped.add(TreeRules.moreSkipped(Tree.PARTNERS + "/" + name, plot.more()));
            }
          });
    }
    files.sort(Comparator.comparing(File::path));
    return new Found(root, List.copyOf(files), List.copyOf(skipped));
  }

  private Listed folder(
      F folder, String path, int depth, @Nullable Listed before, Allowance allowance)
      throws IOException {
    Object id = source.id(folder);
    if (id != null && before != null && id.equals(before.id())) {
      allowance.takeNames(before.names());
      allowance.takeYaml(before.files().size());
      allowance.takeSkipped(before.skipped().size());
      return before;
    }
    Listing listing = new Listing(path, depth, before, allowance);
    source.list(folder, listing);
    return listing.done(id);
  }

  /** One folder while it is being listed. */
  private final class Listing implements Entries<F> {
    private final String path;
    private final int depth;
    private final @Nullable Listed before;
    private final Allowance allowance;
    private final List<File> files = new ArrayList<>();
    private final Map<String, Listed> folders = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final FirstProblems skipped;
    private int names;
    private int weightOfPlots;

    Listing(String path, int depth, @Nullable Listed before, Allowance allowance) {
      this.path = path;
      this.depth = depth;
      this.before = before;
      this.allowance = allowance;
      this.skipped =
          new FirstProblems(
              TreeRules.isInPlot(path)
                  ? TreeRules.MOST_SKIPPED_OF_PARTNER
                  : TreeRules.MOST_SKIPPED);
    }

    Listed done(@Nullable Object id) {
      return new Listed(id, files, skipped.first(), skipped.more(), names, folders);
    }

    @Override
    public void folder(String name, F folder) throws IOException {
      if (!admits(name)) {
        return;
      }
      String below = path + name + "/";
      Listed was = before == null ? null : before.folders().get(name);
      if (TreeRules.holdsPlots(path)) {
        addPlot(name, plot(folder, below, was));
        return;
      }
      Listed listed = Walk.this.folder(folder, below, depth + 1, was, allowance);
      folders.put(name, listed);
      files.addAll(listed.files());
      listed.skipped().forEach(skipped::add);
      skipped.addUntold(listed.more());
      names += listed.names();
    }

    @Override
    public void file(String name, Content content) throws IOException {
      if (admits(name)) {
        if (TreeRules.isInPlot(path)) {
          if (!File.isYaml(name)) {
            return;
          }
          allowance.takeYaml(1);
        }
        files.add(new File(path + name, content.id()));
      }
    }

    @Override
    public void other(String name, String kind) {
      if (admits(name)) {
        skip(name, TreeRules.irregular(kind));
      }
    }

    @Override
    public void tooMany() {
      throw allowance.tooMany();
    }

    private boolean admits(String name) {
      if (TreeRules.isHidden(name)) {
        return false;
      }
      names++;
      allowance.takeNames(1);
      TreeRules.Fault fault = TreeRules.fault(path, name, depth);
      if (fault == null && !seen.add(name)) {
        fault = TreeRules.twice();
      }
      if (fault != null) {
        skip(name, fault);
      }
      return fault == null;
    }

    private void skip(String name, TreeRules.Fault fault) {
      allowance.takeSkipped(1);
      skipped.add(TreeRules.skipped(path + name, fault));
    }

    private Listed plot(F folder, String below, @Nullable Listed was) throws IOException {
      String plot = below.substring(0, below.length() - 1);
      try {
        return Walk.this.folder(folder, below, depth + 1, was, Allowance.ofPartner(plot));
      } catch (Allowance.Exceeded e) {
        return Listed.refused(source.id(folder), e.problem());
      }
    }

    private void addPlot(String name, Listed plot) {
      folders.put(name, plot);
      if (folders.size() > TreeRules.MOST_PARTNERS) {
        throw new Allowance.Exceeded(TreeRules.tooManyPartners(tree));
      }
      weightOfPlots += plot.weight();
      while (weightOfPlots > TreeRules.MOST_YAML_OF_PARTNERS) {
        refuseLargest();
      }
    }

    /** Which partner exceeds its share depends on the others, so the next walk looks again. */
    private void refuseLargest() {
      Map.Entry<String, Listed> largest =
          folders.entrySet().stream()
              .max(
                  Comparator.<Map.Entry<String, Listed>>comparingInt(e -> e.getValue().weight())
                      .thenComparing(Map.Entry::getKey))
              .orElseThrow();
      Problem why = TreeRules.tooManyTogether(path + largest.getKey(), largest.getValue().weight());
      weightOfPlots += 1 - largest.getValue().weight();
      largest.setValue(Listed.refused(null, why));
    }
  }
}
