package dev.fjord.load;

import dev.fjord.load.document.Said;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.HashMap;
import java.util.Map;

/** Whether what instances say of their former names can be so. */
final class RenameChecks {
  private record Former(Owner owner, ResourceName name) {}

  private RenameChecks() {}

  static void run(Catalogue catalogue, ProblemCollector problems) {
    Map<Former, Claim> named = new HashMap<>();
    catalogue.instances.forEach(
        claim -> named.putIfAbsent(new Former(claim.owner(), claim.name()), claim));
    Map<Former, Claim> first = new HashMap<>();
    for (Claim claim : catalogue.instances) {
      Said<ResourceName> formerly = claim.spec().formerly();
      if (formerly == null) {
        continue;
      }
      if (formerly.value().equals(claim.name())) {
        problems.add(
            claim.scope(),
            Problem.of(
                    "bad-former-name", claim.title() + " says 'formerly' with the name that it has")
                .hint("write the name that it had before, or leave it out")
                .at(formerly.at()));
        continue;
      }
      Claim namesake = named.get(new Former(claim.owner(), formerly.value()));
      if (namesake != null) {
        problems.add(
            claim.scope(),
            Problem.of(
                    "bad-former-name",
                    "%s says that it was formerly %s, which is there at %s"
                        .formatted(claim.title(), formerly.value(), namesake.document().where()))
                .hint(
                    "take 'formerly' out; names that go round from one to the next take a commit"
                        + " each")
                .at(formerly.at()));
      }
      Claim other = first.putIfAbsent(new Former(claim.owner(), formerly.value()), claim);
      if (other != null) {
        problems.add(
            claim.scope(),
            Problem.of(
                    "bad-former-name",
                    "%s and %s, at %s, say that they were formerly %s"
                        .formatted(
                            claim.title(),
                            other.title(),
                            other.document().where(),
                            formerly.value()))
                .hint("one alone can have its disks: take it out of the other")
                .at(formerly.at()));
      }
    }
  }
}
