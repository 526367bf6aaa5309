package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What history says about documents that seem to have moved from one owner to another. A partner
 * can write a document with any instance's name and wait. So an instance goes to another owner only
 * where one commit took its document away from the one and gave it to the other. Nothing is known
 * about a hand-over that is in neither set.
 *
 * @param together those that one and the same commit made
 * @param apart those where different commits did it: the two documents are unrelated
 */
public record DocumentMoves(Set<HandOver> together, Set<HandOver> apart) {
  public static final DocumentMoves UNKNOWN = new DocumentMoves(Set.of(), Set.of());

  public DocumentMoves {
    together = Set.copyOf(together);
    apart = Set.copyOf(apart);
  }

  /** The hand-overs about which this has to be known. */
  public static Set<HandOver> asked(Desired desired, Observed observed, ResourceName host) {
    Set<HandOver> asked = new HashSet<>();
    Set<Holder> declared = declared(desired);
    observed
        .instances()
        .forEach(seen -> {
          InstanceRecord record = seen.record();
          if (record != null && !declared.contains(Holder.of(record))) {
            owners(desired, record, host).stream()
                .filter(owner -> !owner.equals(record.owner()))
                .forEach(owner -> asked.add(new HandOver(record.name(), record.owner(), owner)));
          }
        });
    return asked;
  }

  /** The owners that have a document of its name. */
  private static Set<Owner> owners(Desired desired, InstanceRecord record, ResourceName host) {
    Set<Owner> owners = new HashSet<>();
    documents(desired)
        .filter(document -> document.name().equals(record.name()) && document.host().equals(host))
        .forEach(document -> owners.add(document.owner()));
    desired
        .displaced()
        .forEach(one -> {
          if (one.owner() != null && record.name().equals(one.name())) {
            owners.add(one.owner());
          }
        });
    return owners;
  }

  /** The holders whose documents are there, carried out or not. */
  public static Set<Holder> declared(Desired desired) {
    return documents(desired).map(Holder::of).collect(Collectors.toSet());
  }

  public static Stream<Instance> documents(Desired desired) {
    return Stream.concat(
        desired.instances().stream(),
        desired.contests().stream().flatMap(contest -> contest.claims().stream()));
  }
}
