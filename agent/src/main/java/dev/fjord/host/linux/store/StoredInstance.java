package dev.fjord.host.linux.store;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.CpuShare;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Health;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Instance;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Nic;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.Power;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Volume;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Instance} as it was applied, in {@code instance.json}, version 1. Where it was declared
 * is not kept. What may be null here and not there, records of older versions of fjord lack.
 */
record StoredInstance(
    ResourceName name,
    Owner owner,
    ResourceName host,
    ResourceName image,
    ResourceName kernel,
    ByteSize memory,
    ByteSize swap,
    List<StoredVolume> volumes,
    List<StoredNic> network,
    Power power,
    StoredStart start,
    ResourceName hostname,
    List<AuthorizedKey> keys,
    ImageChangePolicy onImageChange,
    RestartPolicy restart,
    @Nullable ByteSize root,
    @Nullable StoredHealth health,
    @Nullable StoredCpu cpu,
    @Nullable StoredGuest guest,
    @Nullable List<StoredVersion> shared,
    @Nullable StoredCapture capture) {
  StoredInstance {
    volumes = List.copyOf(volumes);
    network = List.copyOf(network);
    keys = List.copyOf(keys);
    shared = shared == null ? null : List.copyOf(shared);
  }

  static StoredInstance of(Instance instance) {
    Capture capture = instance.capture();
    return new StoredInstance(
        instance.name(),
        instance.owner(),
        instance.host(),
        instance.image(),
        instance.kernel(),
        instance.memory(),
        instance.swap(),
        instance.volumes().stream().map(one -> new StoredVolume(one.name(), one.size())).toList(),
        instance.network().stream().map(StoredNic::of).toList(),
        instance.power(),
        new StoredStart(instance.start().order(), instance.start().after()),
        instance.hostname(),
        instance.keys(),
        instance.onImageChange(),
        instance.restart(),
        instance.root(),
        new StoredHealth(instance.health().tcp(), instance.health().repair()),
        new StoredCpu(instance.cpu().weight(), instance.cpu().limit()),
        new StoredGuest(instance.guest().timeZone(), instance.guest().modules()),
        instance.shared().stream().map(StoredVersion::of).toList(),
        capture == null
            ? null
            : new StoredCapture(capture.network(), capture.files(), capture.size()));
  }

  Instance instance() {
    return new Instance(
        name,
        owner,
        host,
        image,
        kernel,
        memory,
        swap,
        volumes.stream().map(one -> new Volume(one.name, one.size)).toList(),
        network.stream().map(StoredNic::nic).toList(),
        power,
        new StartOrder(start.order, start.after),
        hostname,
        keys,
        onImageChange,
        restart,
        root,
        health == null ? Health.USUAL : new Health(health.tcp, health.repair),
        cpu == null ? CpuShare.USUAL : new CpuShare(cpu.weight, cpu.limit),
        guest == null ? GuestSettings.USUAL : new GuestSettings(guest.timeZone, guest.modules),
        shared == null ? List.of() : shared.stream().map(StoredVersion::version).toList(),
        capture == null ? null : new Capture(capture.network, capture.files, capture.size),
        null);
  }

  record StoredVolume(ResourceName name, ByteSize size) {}

  record StoredStart(int order, List<ResourceName> after) {
    StoredStart {
      after = List.copyOf(after);
    }
  }

  record StoredHealth(@Nullable Integer tcp, boolean repair) {}

  record StoredCpu(int weight, @Nullable Integer limit) {}

  record StoredGuest(@Nullable String timeZone, List<String> modules) {
    @SuppressWarnings("NullAway") // Older versions of fjord wrote a time zone alone.
    StoredGuest {
      modules = modules == null ? List.of() : List.copyOf(modules);
    }
  }

  record StoredCapture(@Nullable ResourceName network, int files, ByteSize size) {}

  record StoredForward(Protocol protocol, int host, int guest) {}

  record StoredNic(
      ResourceName network,
      @Nullable Ipv4Address address,
      @Nullable Ipv6Address address6,
      @Nullable Rate rate,
      @Nullable List<StoredForward> ports,
      boolean defaultRoute,
      @Nullable List<IpAddress> further,
      @Nullable List<IpPrefix> prefixes) {
    StoredNic {
      ports = ports == null ? null : List.copyOf(ports);
      further = further == null ? null : List.copyOf(further);
      prefixes = prefixes == null ? null : List.copyOf(prefixes);
    }

    static StoredNic of(Nic nic) {
      return new StoredNic(
          nic.network(),
          nic.address(),
          nic.address6(),
          nic.rate(),
          nic.ports().stream()
              .map(one -> new StoredForward(one.protocol(), one.host(), one.guest()))
              .toList(),
          nic.defaultRoute(),
          nic.further(),
          nic.prefixes());
    }

    Nic nic() {
      return new Nic(
          network,
          address,
          address6,
          rate,
          ports == null
              ? List.of()
              : ports.stream()
                  .map(one -> new PortForward(one.protocol, one.host, one.guest))
                  .toList(),
          defaultRoute,
          further == null ? List.of() : further,
          prefixes == null ? List.of() : prefixes);
    }
  }
}
