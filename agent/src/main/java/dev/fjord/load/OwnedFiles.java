package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.model.Owner;
import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that were read of a tree, owner by owner, within what an owner's may come to. A partner
 * whose files come to more is held, and they are let go; where the site's files do, no owner's
 * change is applied.
 *
 * <p>Bytes bound the time that reading takes, values the memory that stays in use: {@code after:
 * [a, b]} takes two bytes for each of a hundred.
 */
final class OwnedFiles {
  private static final int MOST_BYTES_OF_PARTNER = 8 << 20;
  private static final int MOST_BYTES_OF_PARTNERS = 32 << 20;
  private static final int MOST_BYTES_OF_SITE = 64 << 20;
  private static final int MOST_VALUES_OF_PARTNER = 100_000;
  private static final int MOST_VALUES_OF_PARTNERS = 250_000;
  private static final int MOST_VALUES_OF_SITE = 500_000;

  /** A file with problems beyond these is read again for the next tree, and reports them again. */
  private static final int MOST_PROBLEMS_KEPT = 1_000;

  /** A file as it was read; {@code content} is null when it is not to be remembered. */
  record Taken(String path, @Nullable String content, Reading reading) {
    private boolean isPartner() {
      return reading.file().folder().kind() == DocumentKind.PARTNER;
    }
  }

  /** What one owner has. */
  private static final class Share {
    private final List<Taken> files = new ArrayList<>();
    private long bytes;
    private long values;
    private boolean isRefused;

    private void add(Taken taken) {
      files.add(taken);
      bytes += taken.reading().file().bytes();
      values += taken.reading().file().values();
    }
  }

  private final ProblemCollector problems;
  private final Map<Owner, Share> shares = new LinkedHashMap<>();
  private final Share ofPartners = new Share();
  private final Share ofNobody = new Share();
  private int problemsKept;

  OwnedFiles(ProblemCollector problems) {
    this.problems = problems;
  }

  /** Whether a file is still to be read. The administrator's file of a partner always is. */
  boolean wants(Folder folder) {
    if (folder.isNobodys()) {
      return !ofNobody.isRefused;
    }
    Share share = shares.get(folder.owner());
    return share == null || !share.isRefused || folder.kind() == DocumentKind.PARTNER;
  }

  /** Takes a file in, and reports its problems. */
  void add(Taken taken) {
    Folder folder = taken.reading().file().folder();
    problems.addAll(folder.scope(), taken.reading().problems());
    Taken lasting = lasting(taken);
    if (folder.isNobodys()) {
      ofNobody.add(lasting);
      limitNobody();
      return;
    }
    Owner owner = folder.owner();
    Share share = shares.computeIfAbsent(owner, none -> new Share());
    share.add(lasting);
    if (owner.isSite()) {
      limitSite(share);
      return;
    }
    ofPartners.bytes += lasting.reading().file().bytes();
    ofPartners.values += lasting.reading().file().values();
    limitPartner(owner, share);
    limitPartners();
  }

  /** Whether the site's files were too much: then nothing of the tree can be used. */
  boolean isTooMuchForAll() {
    Share site = shares.get(Owner.SITE);
    return site != null && site.isRefused;
  }

  /** All that is left, in the order in which it came, owner by owner. */
  List<Taken> files() {
    return Stream.concat(shares.values().stream(), Stream.of(ofNobody))
        .flatMap(share -> share.files.stream())
        .toList();
  }

  /** Folders that hold more than was taken in. */
  Set<Folder> unread() {
    Set<Folder> unread = new HashSet<>();
    if (ofNobody.isRefused) {
      unread.add(Folder.NOWHERE);
    }
    shares.forEach((owner, share) -> {
      if (share.isRefused && owner.partner() != null) {
        unread.add(new Folder(DocumentKind.INSTANCE, Scope.of(owner), owner.partner()));
      }
    });
    return unread;
  }

  private Taken lasting(Taken taken) {
    int problems = taken.reading().problems().kept();
    if (problemsKept + problems <= MOST_PROBLEMS_KEPT) {
      problemsKept += problems;
      return taken;
    }
    return new Taken(
        taken.path(), null, new Reading(taken.reading().file(), taken.reading().problems().none()));
  }

  /**
   * Files of no owner are dropped without a report, since there is no owner to report to: what they
   * say is unknown.
   */
  private void limitNobody() {
    if (ofNobody.bytes > MOST_BYTES_OF_PARTNER || ofNobody.values > MOST_VALUES_OF_PARTNER) {
      ofNobody.isRefused = true;
      ofNobody.files.clear();
    }
  }

  private void limitSite(Share site) {
    String found = null;
    if (site.bytes > MOST_BYTES_OF_SITE) {
      found = "come to more than %,d MiB of YAML".formatted(MOST_BYTES_OF_SITE >> 20);
    } else if (site.values > MOST_VALUES_OF_SITE) {
      found = "hold more than %,d values".formatted(MOST_VALUES_OF_SITE);
    }
    if (found != null && !site.isRefused) {
      site.isRefused = true;
      site.files.clear();
      problems.addBefore(
          Scope.EVERYTHING,
          Problem.of("too-large", "the site's own files " + found + ", the most that is read")
              .hint("Keep in the repository only what describes machines."));
    }
  }

  private void limitPartner(Owner owner, Share share) {
    if (share.bytes > MOST_BYTES_OF_PARTNER) {
      refuse(
          owner,
          share,
          "the files of %s come to more than %,d MiB of YAML, the most that is read of one partner"
              .formatted(owner, MOST_BYTES_OF_PARTNER >> 20));
    } else if (share.values > MOST_VALUES_OF_PARTNER) {
      refuse(
          owner,
          share,
          "the files of %s hold more than %,d values, the most that are read of one partner"
              .formatted(owner, MOST_VALUES_OF_PARTNER));
    }
  }

  /** The largest partner goes first, so no partner with an equal share or less is held. */
  private void limitPartners() {
    while (ofPartners.bytes > MOST_BYTES_OF_PARTNERS) {
      Owner owner = largest(share -> share.bytes);
      Share share = shares.getOrDefault(owner, ofPartners);
      refuse(
          owner,
          share,
          "partners' files come to more than %,d MiB of YAML together, those of %s to most of it"
              .formatted(MOST_BYTES_OF_PARTNERS >> 20, owner));
    }
    while (ofPartners.values > MOST_VALUES_OF_PARTNERS) {
      Owner owner = largest(share -> share.values);
      Share share = shares.getOrDefault(owner, ofPartners);
      refuse(
          owner,
          share,
          "partners' files hold more than %,d values together, and those of %s the most, %,d"
              .formatted(MOST_VALUES_OF_PARTNERS, owner, share.values));
    }
  }

  private Owner largest(ToLongFunction<Share> measure) {
    return shares.entrySet().stream()
        .filter(entry -> !entry.getKey().isSite())
        .max(
            Comparator.<Map.Entry<Owner, Share>>comparingLong(
                    e -> measure.applyAsLong(e.getValue()))
                .thenComparing(e -> e.getKey().toString()))
        .orElseThrow()
        .getKey();
  }

  private void refuse(Owner owner, Share share, String summary) {
    share.isRefused = true;
    ofPartners.bytes -= share.bytes;
    ofPartners.values -= share.values;
    List<Taken> partner = share.files.stream().filter(Taken::isPartner).toList();
    share.files.clear();
    share.bytes = 0;
    share.values = 0;
    share.files.addAll(partner);
    problems.addBefore(
        Scope.of(owner),
        Problem.of("too-large", summary)
            .hint("A machine takes some fifty values; until then this partner's stay as they are.")
            .at(Location.file(Tree.PARTNERS + "/" + owner.partner())));
  }
}
