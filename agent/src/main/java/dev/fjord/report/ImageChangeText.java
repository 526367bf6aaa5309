package dev.fjord.report;

import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.ImageChange.Affected;
import dev.fjord.plan.ImageChange.Fate;
import dev.fjord.plan.ImageChange.OldVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A new version of an image, in words: which instances it concerns, what happens to their roots, at
 * what cost, and how much disk it takes. Nothing here is written by partners: names, digests and
 * numbers are values.
 */
final class ImageChangeText {
  private static final int MOST_NAMED = 10;

  private ImageChangeText() {}

  /** {@code image tiny: 0123456789ab -> ba9876543210}. */
  static String title(ImageChange change) {
    String from =
        change.from().stream()
            .map(old -> version(old, change.image()))
            .collect(Collectors.joining(", "));
    return "image " + change.image() + ": " + from + " -> " + change.to().brief();
  }

  static List<String> lines(ImageChange change) {
    List<String> lines = new ArrayList<>();
    for (ImageChangePolicy policy : ImageChangePolicy.values()) {
      for (Fate fate : Fate.values()) {
        List<ResourceName> who =
            change.instances().stream()
                .filter(one -> one.policy() == policy && one.fate() == fate)
                .map(Affected::instance)
                .toList();
        if (!who.isEmpty()) {
          lines.add(Words.of(policy) + ": " + names(who) + ": " + fate(policy, fate));
        }
      }
    }
    lines.add(
        "data: nothing is lost: volumes stay as they are, a root that leaves is in the trash");
    lines.add("needs: " + needs(change));
    change.from().forEach(old -> lines.add("frees: " + frees(old, change)));
    return lines;
  }

  private static String fate(ImageChangePolicy policy, Fate fate) {
    return switch (fate) {
      case KEEPS -> "outdated; nothing of theirs changes, and nothing restarts";
      case MOVES -> "no running machine ends; " + root(policy);
      case RESTARTS -> "restart; " + root(policy);
      case WAITS -> "waits, as 'restart' says; then " + root(policy);
      case HELD -> "nothing of theirs may change now; they stay as they are";
    };
  }

  private static String root(ImageChangePolicy policy) {
    return switch (policy) {
      case REBASE ->
          "what was changed on the root is carried over to the new version, the root before goes to"
              + " the trash";
      case KEEP, REPLACE -> "a root on the new version, the one before goes to the trash";
    };
  }

  private static String needs(ImageChange change) {
    String size = Words.size(change.size());
    String store = change.isStored() ? "up to " + size + " for the new version" : "";
    String roots =
        change.roots() == 0
            ? ""
            : "little at once for "
                + Words.count(change.roots(), "fresh root")
                + ", each of which may come to "
                + size;
    return store + (store.isEmpty() || roots.isEmpty() ? "" : "; ") + roots;
  }

  private static String frees(OldVersion old, ImageChange change) {
    String size = old.size() == null ? "" : " (" + Words.size(old.size()) + ")";
    boolean leave = change.roots() > 0;
    String users = old.users().isEmpty() ? "" : names(old.users());
    String both = users.isEmpty() || !leave ? "" : " and ";
    String trash = leave ? "roots in the trash" : "";
    return "nothing now: "
        + version(old, change.image())
        + size
        + " stays while "
        + users
        + both
        + trash
        + (old.users().size() == 1 && !leave ? " stands on it" : " stand on it");
  }

  private static String version(OldVersion old, ResourceName image) {
    return (old.image().equals(image) ? "" : old.image() + "@") + old.digest().brief();
  }

  private static String names(List<ResourceName> all) {
    String named =
        all.stream().limit(MOST_NAMED).map(ResourceName::value).collect(Collectors.joining(", "));
    int more = all.size() - MOST_NAMED;
    return named + (more > 0 ? " and " + more + " more" : "");
  }
}
