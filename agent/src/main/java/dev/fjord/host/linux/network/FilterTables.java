package dev.fjord.host.linux.network;

import dev.fjord.file.FileMemory;
import dev.fjord.json.FileFormat;
import dev.fjord.model.Digest;
import dev.fjord.model.Filters;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The filters of a network namespace, all of them in tables called {@code fjord}. A table of that
 * name without fjord's mark was not made by fjord, and is not touched.
 *
 * <p>nft(8) prints rules in another form than it reads them, and each version does in its own way.
 * So what it printed right after the tables were set is noted, and compared.
 */
public final class FilterTables {
  /** A rule or two for each of 200 instances, with blocks and ports, take much less. */
  private static final int LONGEST_FILE = 16 << 20;

  static final FileFormat<AppliedFilters> FORMAT =
      new FileFormat<>(
          AppliedFilters.class, 1, LONGEST_FILE, "The filters in force stay as they are.");

  static final FileFormat<Noted> COUNTS =
      new FileFormat<>(
          Noted.class, 1, LONGEST_FILE, "What was counted before is not known meanwhile.");

  private final Layout layout;
  private final Nft nft;
  private final IpCommand ip;
  private final Conntrack conntrack;
  private final InstantSource clock;
  private final FileMemory<AppliedFilters> set = new FileMemory<>();
  private final FileMemory<Noted> dropped = new FileMemory<>();
  private volatile @Nullable Script script;

  /** The digest of the text that filters are made into. */
  private record Script(Filters filters, Digest digest) {}

  /** What was dropped, as a file keeps it, in case the table that counts it is removed by hand. */
  record Noted(List<SpoofCounts.Entry> dropped) {
    Noted {
      dropped = List.copyOf(dropped);
    }
  }

  public FilterTables(Layout layout, InstantSource clock) {
    this(layout, List.of(), clock);
  }

  /**
   * Those of another namespace.
   *
   * @param prefix as of {@link IpCommand}
   */
  public FilterTables(Layout layout, List<String> prefix, InstantSource clock) {
    this.clock = clock;
    this.layout = layout;
    this.nft = new Nft(prefix);
    this.ip = new IpCommand(prefix);
    this.conntrack = new Conntrack(prefix);
  }

  /**
   * What is filtered. When this cannot be read, the result has a fault, and no exception is thrown.
   */
  public ObservedFilters observe() {
    return observe(this::list);
  }

  /** Asks nft(8) for the tables. */
  TableListing.Told list() {
    return TableListing.of(nft).told();
  }

  /** As {@link #observe()}, of tables that were looked at already. */
  ObservedFilters observe(Supplier<TableListing.Told> listing) {
    AppliedFilters applied;
    try {
      applied = applied();
    } catch (ProblemException newer) {
      return new ObservedFilters(null, Map.of(), newer.problem());
    }
    try {
      TableListing.Told there = listing.get();
      SpoofCounts counts = counts(there);
      Map<ResourceName, SpoofedFrames> dropped = dropped(applied, counts);
      ProblemException foreign = foreign(there);
      return foreign == null
          ? new ObservedFilters(inForce(applied, there), dropped, null)
          : new ObservedFilters(null, dropped, foreign.problem());
    } catch (ProblemException e) {
      return new ObservedFilters(null, dropped(applied, noted()), unavailable(e.problem()));
    }
  }

  private @Nullable Filters inForce(@Nullable AppliedFilters applied, TableListing.Told there) {
    return applied != null
            && applied.listing().equals(there.digest())
            && applied.script().equals(script(applied.filters()))
        ? applied.filters()
        : null;
  }

  /**
   * Replaces all tables in one transaction. Counters go on from what they are. Connections that the
   * change concerns are forgotten, see {@link OldConnections}: before it is noted that the tables
   * were set, so that a run that is killed in between does both again.
   *
   * @return that connections could not be forgotten; null when all is done
   * @throws ProblemException {@code foreign-table}, or when nft(8) failed; nothing was changed then
   */
  public @Nullable Problem set(Filters filters) {
    AppliedFilters last = applied(); // What a newer version has set stays.
    TableListing.Told before = list();
    ProblemException foreign = foreign(before);
    if (foreign != null) {
      throw foreign;
    }
    boolean inForce = inForce(last, before) != null;
    nft.change(Ruleset.of(filters, counts(before)).script());
    Problem kept =
        conntrack.forget(
            OldConnections.lines(
                last == null ? null : last.filters(), inForce, filters, ip.ownAddresses()));
    TableListing.Told after = list();
    AppliedFilters applied = new AppliedFilters(filters, Ruleset.digest(filters), after.digest());
    FORMAT.writeForThisBoot(layout.filters(), applied);
    return kept;
  }

  /** The counts of the tables, and of tables that were removed by hand. */
  private SpoofCounts counts(TableListing.Told there) {
    SpoofCounts before = noted();
    SpoofCounts all = before.orMore(there.counts(), clock.instant());
    if (!all.entries().equals(before.entries())) {
      try {
        COUNTS.writeForThisBoot(layout.spoofed(), new Noted(all.entries()));
      } catch (ProblemException anotherLook) {
        // Two looks at once write the same, and the next one has what this one could not note. A
        // newer version's counts stay.
      }
    }
    return all;
  }

  private SpoofCounts noted() {
    try {
      Noted noted = COUNTS.orNull(dropped, layout.spoofed());
      return noted == null ? SpoofCounts.NONE : SpoofCounts.of(noted.dropped());
    } catch (ProblemException newer) {
      return SpoofCounts.NONE;
    }
  }

  private static Map<ResourceName, SpoofedFrames> dropped(
      @Nullable AppliedFilters applied, SpoofCounts counts) {
    Map<ResourceName, SpoofedFrames> dropped = new TreeMap<>();
    if (applied != null) {
      BridgeTable.countedAs(applied.filters())
          .forEach((key, name) -> dropped.merge(name, counts.spoofed(key), SpoofedFrames::and));
    }
    return dropped;
  }

  private static @Nullable ProblemException foreign(TableListing.Told there) {
    if (there.foreign().isEmpty()) {
      return null;
    }
    String table = "table " + there.foreign().get(0) + " " + Ruleset.NAME;
    return Problem.of("foreign-table", "nftables has a " + table + " that fjord did not make")
        .detail("it has no chain " + Ruleset.MARK)
        .hint("It was not touched. Rename it, or remove it: nft delete " + table)
        .asException();
  }

  private static Problem unavailable(Problem why) {
    return Problem.of("filters-unavailable", "what is filtered cannot be told: " + why.summary())
        .detail(why.detail())
        .hint(
            "fjord filters with nft(8) (package nftables) and nf_tables in the host's kernel;"
                + " 'fjord doctor' looks for both.");
  }

  /** Null for none; a torn one is none, and costs one replacement. */
  private @Nullable AppliedFilters applied() {
    return FORMAT.orNull(set, layout.filters());
  }

  /** Of what is asked for at each look, made once. */
  private Digest script(Filters filters) {
    Script last = script;
    if (last == null || !last.filters().equals(filters)) {
      last = new Script(filters, Ruleset.digest(filters));
      script = last;
    }
    return last.digest();
  }
}
