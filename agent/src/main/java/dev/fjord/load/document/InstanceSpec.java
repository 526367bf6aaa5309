package dev.fjord.load.document;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Health;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.PortForward;
import dev.fjord.model.Power;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.Volume;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An instance; null is what it does not say, or says wrongly. */
public record InstanceSpec(
    @Nullable Said<ResourceName> formerly,
    @Nullable Said<ResourceName> host,
    @Nullable Said<ResourceName> image,
    @Nullable Said<ResourceName> kernel,
    @Nullable Said<ByteSize> memory,
    @Nullable Said<ByteSize> swap,
    @Nullable Said<ByteSize> root,
    List<Volume> volumes,
    List<Plug> network,
    Power power,
    int order,
    List<Said<ResourceName>> after,
    @Nullable Said<ResourceName> hostname,
    @Nullable Said<List<AuthorizedKey>> keys,
    ImageChangePolicy onImageChange,
    RestartPolicy restart,
    Health health,
    CpuShare cpu,
    @Nullable Said<String> timeZone,
    List<String> modules,
    List<Said<ResourceName>> shared,
    @Nullable Said<Capture> capture)
    implements Spec {
  public InstanceSpec {
    modules = List.copyOf(modules);
    shared = List.copyOf(shared);
    volumes = List.copyOf(volumes);
    network = List.copyOf(network);
    after = List.copyOf(after);
  }

  /** An interface, and the switch that it goes into. */
  public record Plug(
      Said<ResourceName> network,
      @Nullable Said<Ipv4Address> address,
      @Nullable Said<Ipv6Address> address6,
      @Nullable Rate rate,
      List<Said<PortForward>> ports,
      boolean defaultRoute,
      List<Said<IpAddress>> further,
      List<Said<IpPrefix>> prefixes) {
    public Plug {
      prefixes = List.copyOf(prefixes);
      ports = List.copyOf(ports);
      further = List.copyOf(further);
    }

    /** All addresses that it names, at their places. */
    public List<Said<? extends IpAddress>> addresses() {
      List<Said<? extends IpAddress>> all = new ArrayList<>();
      if (address != null) {
        all.add(address);
      }
      if (address6 != null) {
        all.add(address6);
      }
      all.addAll(further);
      return all;
    }
  }
}
