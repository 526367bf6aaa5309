package dev.fjord.load;

import dev.fjord.load.document.Spec;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Image;
import dev.fjord.model.Instance;
import dev.fjord.model.Owner;
import dev.fjord.model.Quota;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Whether each partner's instances stay within the partner's quota. */
final class QuotaChecks {
  /** Sums stop here: many large sizes could overflow, and no quota is as large. */
  private static final long CEILING = 1L << 61;

  private static final int MOST_NAMED = 20;

  private final Catalogue catalogue;
  private final ProblemCollector problems;

  private QuotaChecks(Catalogue catalogue, ProblemCollector problems) {
    this.catalogue = catalogue;
    this.problems = problems;
  }

  static void run(Catalogue catalogue, List<Resolved> resolved, ProblemCollector problems) {
    Map<ResourceName, List<Instance>> byPartner = new HashMap<>();
    for (Resolved one : resolved) {
      ResourceName partner = one.instance().owner().partner();
      if (partner != null) {
        byPartner.computeIfAbsent(partner, none -> new ArrayList<>()).add(one.instance());
      }
    }
    QuotaChecks checks = new QuotaChecks(catalogue, problems);
    byPartner.forEach((partner, instances) -> {
      Spec.OfPartner spec = catalogue.partners.get(partner);
      if (spec != null) {
        checks.check(spec, instances);
      }
    });
  }

  private void check(Spec.OfPartner partner, List<Instance> instances) {
    Quota quota = partner.partner().quota();
    Function<Long, String> number = count -> Long.toString(count);
    Function<Long, String> size = bytes -> new ByteSize(bytes).toString();
    compare(partner, "%s instances", instances, one -> 1, quota.instances(), number);
    compare(
        partner,
        "%s of memory",
        instances,
        one -> one.memory().bytes(),
        quota.memory().bytes(),
        size);
    compare(
        partner,
        "%s of disk",
        instances,
        one -> one.disk().plus(beyondImage(one)).bytes(),
        quota.disk().bytes(),
        size);
    compare(
        partner,
        "%s addresses",
        instances,
        one -> one.network().stream().mapToLong(nic -> 1L + nic.further().size()).sum(),
        quota.addresses(),
        number);
  }

  /** By how much its root is larger than its image. */
  private ByteSize beyondImage(Instance instance) {
    Image image = catalogue.images.get(instance.image());
    ByteSize root = instance.root();
    return root == null || image == null ? ByteSize.ZERO : root.lessOrZero(image.size());
  }

  private void compare(
      Spec.OfPartner partner,
      String what,
      List<Instance> instances,
      ToLongFunction<Instance> use,
      long limit,
      Function<Long, String> shown) {
    long sum = 0;
    for (Instance instance : instances) {
      sum = Math.min(CEILING, sum + use.applyAsLong(instance));
    }
    if (sum <= limit) {
      return;
    }
    ResourceName name = partner.partner().name();
    String parts =
        String.join(
            " + ",
            instances.stream()
                .limit(MOST_NAMED)
                .map(one -> one.name() + " " + shown.apply(use.applyAsLong(one)))
                .toList());
    problems.add(
        Scope.of(Owner.partner(name)),
        Problem.of(
                "quota-exceeded",
                "partner %s has %s in all; the quota is %s"
                    .formatted(name, what.formatted(shown.apply(sum)), shown.apply(limit)))
            .detail(parts + (instances.size() > MOST_NAMED ? " + …" : ""))
            .hint("ask for less, or have the quota raised")
            .at(partner.quotaAt()));
  }
}
