package dev.fjord.planner.instance;

import dev.fjord.model.Contest;
import dev.fjord.model.Contested;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.planner.address.SwitchAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which documents count where several claim one name, address or port. Only documents that could
 * have it count: not those of an owner who is held, not those with the name of another owner's
 * instance, and, where an instance holds it already, only that instance's. So no partner wins by
 * asking for what is another's, or keeps others from what it could not have itself.
 *
 * <p>Documents for other hosts always count: whether their instances hold something is not seen
 * here.
 *
 * @param winners documents that contended and whose claim alone counts
 * @param open documents whose claims count equally: none of them gets what is contested
 */
record Contenders(Set<Instance> winners, Set<Instance> open) {

  /**
   * @param records of this host, by name
   * @param renames which documents are about an instance of another name or owner
   * @param barred documents that could not be granted, contested or not
   */
  static Contenders of(
      Desired desired,
      Map<ResourceName, InstanceRecord> records,
      ResourceName host,
      Renames renames,
      Set<Instance> barred) {
    return new Search(desired, records, host, renames, barred).result();
  }

  private static final class Search {
    private final Desired desired;
    private final Map<ResourceName, InstanceRecord> records;
    private final ResourceName host;
    private final Renames renames;
    private final Set<Instance> out = new HashSet<>();

    Search(
        Desired desired,
        Map<ResourceName, InstanceRecord> records,
        ResourceName host,
        Renames renames,
        Set<Instance> barred) {
      this.renames = renames;
      this.desired = desired;
      this.records = records;
      this.host = host;
      Map<ResourceName, Set<Owner>> claimed = new HashMap<>();
      for (Contest contest : desired.contests()) {
        contest
            .claims()
            .forEach(claim ->
                claimed.computeIfAbsent(claim.name(), n -> new HashSet<>()).add(claim.owner()));
      }
      for (Contest contest : desired.contests()) {
        for (Instance claim : contest.claims()) {
          boolean here = claim.host().equals(host);
          boolean counts =
              !barred.contains(claim)
                  && !desired.held().contains(claim.owner())
                  && !isAnothers(claim, claimed.getOrDefault(claim.name(), Set.of()));
          if (here && !counts) {
            out.add(claim);
          }
        }
      }
      leaveToHolders();
    }

    /** Whether another owner has its name, and has not given it up. */
    private boolean isAnothers(Instance claim, Set<Owner> claiming) {
      InstanceRecord record = records.get(claim.name());
      return record != null
          && !record.owner().equals(claim.owner())
          && (claiming.contains(record.owner()) || desired.held().contains(record.owner()));
    }

    /** Removes claims that lose one thing from all other contests, until no further claim loses. */
    private void leaveToHolders() {
      boolean changed = true;
      while (changed) {
        changed = false;
        for (Contest contest : desired.contests()) {
          List<Instance> counting = counting(contest);
          Instance holder = holder(contest.over(), counting);
          for (Instance claim : counting) {
            boolean loses = holder != null && !claim.equals(holder) && claim.host().equals(host);
            changed |= loses && out.add(claim);
          }
        }
      }
    }

    private List<Instance> counting(Contest contest) {
      return contest.claims().stream().filter(claim -> !out.contains(claim)).toList();
    }

    /** The only claim whose instance has it on this host; null for none. */
    private @Nullable Instance holder(Contested over, List<Instance> claims) {
      List<Instance> holders = claims.stream().filter(claim -> holds(claim, over)).toList();
      return claims.size() > 1 && holders.size() == 1 ? holders.get(0) : null;
    }

    private boolean holds(Instance claim, Contested over) {
      InstanceRecord own = records.get(claim.name());
      InstanceRecord record =
          own != null && own.owner().equals(claim.owner()) ? own : renames.of(claim);
      if (record == null) {
        return false;
      }
      return switch (over) {
        case Contested.Name it -> record.name().equals(it.name());
        case Contested.Address it ->
            record.leases().stream()
                .flatMap(SwitchAddress::of)
                .anyMatch(new SwitchAddress(it.network(), it.address())::equals);
        case Contested.Port port ->
            port.host().equals(host)
                && record.applied().forwards().stream()
                    .anyMatch(
                        one -> one.protocol() == port.protocol() && one.host() == port.port());
      };
    }

    Contenders result() {
      Set<Instance> all = new HashSet<>();
      Set<Instance> open = new HashSet<>();
      for (Contest contest : desired.contests()) {
        List<Instance> counting = counting(contest);
        all.addAll(counting);
        if (counting.size() > 1) {
          Instance holder = holder(contest.over(), counting);
          counting.stream().filter(claim -> !claim.equals(holder)).forEach(open::add);
        }
      }
      all.removeAll(open);
      return new Contenders(Set.copyOf(all), Set.copyOf(open));
    }
  }
}
