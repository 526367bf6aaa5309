package dev.fjord.source.tree;

import dev.fjord.problem.Problem;

/** How much of a tree one owner may still have. Mutable. */
final class Allowance {
  /** There is more than that. Never leaves the package. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    Exceeded(Problem problem) {
      super(problem.summary(), null, false, false);
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }

  private final Problem tooMany;
  private final Problem tooManyYaml;
  private final Problem tooManySkipped;
  private int names;
  private int yaml;
  private int skipped;

  private Allowance(
      int names,
      Problem tooMany,
      int yaml,
      Problem tooManyYaml,
      int skipped,
      Problem tooManySkipped) {
    this.names = names;
    this.tooMany = tooMany;
    this.yaml = yaml;
    this.tooManyYaml = tooManyYaml;
    this.skipped = skipped;
    this.tooManySkipped = tooManySkipped;
  }

  /** The allowance of the site. Its YAML files are not counted apart. */
  static Allowance ofSite(String tree) {
    Problem tooMany = TreeRules.tooMany(tree);
    Problem skipped = TreeRules.tooManySkipped(tree);
    return new Allowance(
        TreeRules.MOST_NAMES, tooMany, Integer.MAX_VALUE, tooMany, TreeRules.MOST_SKIPPED, skipped);
  }

  /** The allowance of a partner. What is skipped counts among the names. */
  static Allowance ofPartner(String plot) {
    Problem tooMany = TreeRules.tooManyOfPartner(plot);
    return new Allowance(
        TreeRules.MOST_NAMES_OF_PARTNER,
        tooMany,
        TreeRules.MOST_YAML_OF_PARTNER,
        TreeRules.tooManyYamlOfPartner(plot),
        Integer.MAX_VALUE,
        tooMany);
  }

  /**
   * Takes entries of any kind.
   *
   * @throws Exceeded when fewer are left
   */
  void takeNames(int count) {
    names -= count;
    if (names < 0) {
      throw tooMany();
    }
  }

  /** As {@link #takeNames}, for files that would be read. */
  void takeYaml(int count) {
    yaml -= count;
    if (yaml < 0) {
      throw new Exceeded(tooManyYaml);
    }
  }

  /** As {@link #takeNames}, for entries that are passed over. */
  void takeSkipped(int count) {
    skipped -= count;
    if (skipped < 0) {
      throw new Exceeded(tooManySkipped);
    }
  }

  /** For what is too large to be counted. */
  Exceeded tooMany() {
    return new Exceeded(tooMany);
  }
}
