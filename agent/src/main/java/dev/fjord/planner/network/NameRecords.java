package dev.fjord.planner.network;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.ReservedNames;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of instances in the form of hosts(5), made from their leases. Each address has the name
 * completed with its switch's domain; those of the first interface have the bare name, too. An
 * instance's name is unique on the site. Its host name is its partner's to choose, so it is not
 * used here.
 */
final class NameRecords {
  private NameRecords() {}

  /**
   * The lines, ordered by name.
   *
   * @param taken names that are not to be given; in lower case
   * @param refused takes those of them that were asked for
   */
  static List<String> lines(
      Collection<InstanceRecord> records,
      Map<ResourceName, Switch> switches,
      Set<String> taken,
      Set<String> refused) {
    List<String> lines = new ArrayList<>();
    Set<ResourceName> named = new HashSet<>();
    records.stream()
        .sorted(Comparator.comparing(InstanceRecord::name))
        .filter(record -> named.add(record.name()))
        .forEach(record -> {
          for (int i = 0; i < record.leases().size(); i++) {
            Lease lease = record.leases().get(i);
            String names = names(record.name(), lease, i == 0, switches, taken, refused);
            Ipv6Address six = lease.address6();
            if (names != null) {
              lines.add(lease.address() + names);
            }
            if (names != null && six != null) {
              lines.add(six + names);
            }
          }
        });
    return lines;
  }

  private static @Nullable String names(
      ResourceName name,
      Lease lease,
      boolean first,
      Map<ResourceName, Switch> switches,
      Set<String> taken,
      Set<String> refused) {
    Switch network = switches.get(lease.network());
    List<String> wanted = new ArrayList<>();
    if (network != null) {
      wanted.add(name + "." + network.naming().domain());
    }
    if (first) {
      wanted.add(name.value());
    }
    StringBuilder names = new StringBuilder();
    for (String each : wanted) {
      if (ReservedNames.reason(each) != null || taken.contains(each)) {
        refused.add(each);
      } else {
        names.append(' ').append(each);
      }
    }
    return names.isEmpty() ? null : names.toString();
  }
}
