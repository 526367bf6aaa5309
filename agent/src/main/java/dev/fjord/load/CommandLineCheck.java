package dev.fjord.load;

import dev.fjord.load.document.Spec;
import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.KernelCommandLine;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether all that an instance needs fits on its kernel's command line. Addresses that are not
 * named yet count as the longest of their subnet, and paths as those of a host with the usual
 * folders; on a host with longer ones the plan reports it.
 */
final class CommandLineCheck {
  private static final Layout USUAL = Layout.of("/var/lib/fjord", "/run/fjord");
  private static final Digest SOME = Digest.ofText("");
  private static final InterfaceName LONGEST_TAP = new InterfaceName("tap-34567890123");

  private CommandLineCheck() {}

  static boolean fits(
      Instance instance,
      Claim claim,
      Map<ResourceName, Spec.OfSwitch> specs,
      ProblemCollector problems) {
    Map<ResourceName, Switch> switches = new LinkedHashMap<>();
    specs.forEach((name, spec) -> switches.put(name, largest(spec.network())));
    KernelInvocation boot =
        KernelCommandLine.of(longest(instance, switches), USUAL, switches, false);
    if (boot == null || boot.length() <= KernelInvocation.LONGEST_COMMAND_LINE) {
      return true;
    }
    problems.add(
        claim.scope(),
        Problem.of(
                "command-line",
                "%s needs a kernel command line of up to %d characters; a kernel takes %d"
                    .formatted(claim.title(), boot.length(), KernelInvocation.LONGEST_COMMAND_LINE))
            .hint("give it fewer or shorter authorizedKeys, volumes or interfaces")
            .at(claim.document().where()));
    return false;
  }

  /** The MTU of a bridged switch follows from its uplink, so it may be any. */
  private static Switch largest(Switch network) {
    boolean follows = network.mtu() == null && !network.isRoutedByHost();
    return follows ? network.with(Switch.LARGEST_MTU) : network;
  }

  private static InstanceRecord longest(Instance instance, Map<ResourceName, Switch> switches) {
    Identity identity = Identity.first(instance.host(), instance.owner(), instance.name());
    List<Lease> leases = new ArrayList<>();
    for (Nic nic : instance.network()) {
      Switch network = switches.get(nic.network());
      if (network != null) {
        leases.add(
            new Lease(
                nic.network(),
                network.subnet().broadcast(),
                longest(network.ipv6()),
                identity.mac(leases.size()),
                LONGEST_TAP,
                nic.further()));
      }
    }
    return new InstanceRecord(identity, 0, leases, SOME, SOME, "", instance, null);
  }

  private static @Nullable Ipv6Address longest(@Nullable Ipv6Subnet subnet) {
    return subnet == null ? null : subnet.last();
  }
}
