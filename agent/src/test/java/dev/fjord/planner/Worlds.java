package dev.fjord.planner;

import dev.fjord.model.AddressRange;
import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.Cidr;
import dev.fjord.model.Contest;
import dev.fjord.model.Contested;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Health;
import dev.fjord.model.Host;
import dev.fjord.model.Image;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Kernel;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Naming;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Owner;
import dev.fjord.model.Partner;
import dev.fjord.model.Power;
import dev.fjord.model.Quota;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.Source;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.UidRange;
import dev.fjord.model.Volume;
import dev.fjord.plan.PlanFixtures;
import dev.fjord.plan.Target;
import dev.fjord.planner.address.SwitchAddress;
import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Worlds for tests: a fixed one to start from, and random ones from a seed. */
public final class Worlds {
  public static final ResourceName SLART = name("slart");
  public static final Layout LAYOUT = Layout.of("/var/lib/fjord", "/run/fjord");
  public static final AuthorizedKey KEY =
      AuthorizedKey.parse(
          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp0nq2rK7qXcXlXo2x6hJ6m0F1s5xR3oY0b7vJ9wZ1k"
              + " linda@home");
  private static final List<String> NAMES =
      List.of(
          "linda",
          "bob",
          "frank",
          "gparker",
          "dns",
          "mail",
          "web",
          "a-very-long-name-of-a-machine");
  private static final List<String> PARTNERS = List.of("", "linda", "bob");

  private Worlds() {}

  public static ResourceName name(String text) {
    return new ResourceName(text);
  }

  public static Target target(String revision, int allowedDeletes) {
    return PlanFixtures.target(SLART, revision, allowedDeletes);
  }

  /** What was observed, with other instances and ports. */
  public static Observed with(
      Observed o, List<ObservedInstance> instances, List<ObservedPort> ports) {
    return ModelFixtures.observed(
        o.layout(),
        o.at(),
        o.kernels(),
        o.images(),
        o.bridges(),
        ports,
        instances,
        o.trash(),
        o.trashedRoots(),
        o.trashUse(),
        o.filters(),
        o.daemons(),
        o.names(),
        o.ailments(),
        o.problems());
  }

  public static Kernel kernel(String version) {
    return ModelFixtures.kernel(
        name("uml"), new Source.FileSource(Path.of("/usr/bin/linux.uml")), Digest.ofText(version));
  }

  /** Version 2 is built on the host; the others are stored as they are. */
  public static Image image(String version) {
    Source source = new Source.FileSource(Path.of("/srv/tiny.img"));
    Digest digest = Digest.ofText("image" + version);
    return version.equals("2")
        ? new Image(name("tiny"), new ImageOrigin.Tarball(source, digest), ByteSize.mib(64))
        : ModelFixtures.image(name("tiny"), source, digest, ByteSize.mib(64));
  }

  public static Switch lan(String name, String subnet) {
    Cidr cidr = Cidr.parse(subnet);
    Ipv4Address gateway = cidr.network().next();
    return ModelFixtures.switchOf(
        name(name),
        new InterfaceName("fj-" + name),
        cidr,
        gateway,
        List.of(new AddressRange(gateway.next(), gateway.next())));
  }

  /** With IPv6 as well. */
  public static Switch dual(String name, String subnet, String network) {
    Switch lan = lan(name, subnet);
    Ipv6Address first = Ipv6Address.parse(network);
    return ModelFixtures.switchOf(
        lan.name(),
        lan.driver(),
        lan.bridge(),
        lan.subnet(),
        lan.gateway(),
        new Ipv6Subnet(first, 64, first.next()),
        lan.reserved(),
        lan.pool(),
        lan.traffic(),
        lan.naming());
  }

  /** A machine of linda's with 128 MiB, swap, a volume, and an address to be leased. */
  public static Instance instance(String name, String partner) {
    return ModelFixtures.instance(
        name(name),
        partner.isEmpty() ? Owner.SITE : Owner.partner(name(partner)),
        SLART,
        name("tiny"),
        name("uml"),
        ByteSize.mib(128),
        ByteSize.mib(512),
        List.of(new Volume(name("storage"), ByteSize.gib(4))),
        List.of(ModelFixtures.nic(name("lan"), null)),
        Power.RUNNING,
        StartOrder.ANY,
        name(name),
        List.of(KEY),
        ImageChangePolicy.KEEP,
        RestartPolicy.NOW,
        null);
  }

  public static Desired site(Instance... instances) {
    return site(List.of(instances), "1");
  }

  public static Desired site(List<Instance> instances, String version) {
    Host host =
        ModelFixtures.host(
            SLART,
            ByteSize.gib(24),
            ByteSize.gib(400),
            ByteSize.gib(1),
            ByteSize.gib(1),
            1.0,
            1.0,
            new UidRange(200_000, 100));
    Switch lan = lan("lan", "192.0.2.0/28");
    Switch dmz = dual("dmz", "198.51.100.0/28", "2001:db8::");
    Quota quota = ModelFixtures.quota(50, ByteSize.gib(64), ByteSize.gib(1000), 50);
    Map<ResourceName, Partner> partners = new TreeMap<>();
    for (String partner : List.of("linda", "bob")) {
      partners.put(name(partner), new Partner(name(partner), List.of(KEY), quota));
    }
    Kernel kernel = kernel(version);
    Image image = image(version);
    return ModelFixtures.desired(
        ModelFixtures.site(2, List.of()),
        Map.of(host.name(), host),
        Map.of(kernel.name(), kernel),
        Map.of(image.name(), image),
        Map.of(lan.name(), lan, dmz.name(), dmz),
        partners,
        instances,
        Set.of(),
        List.of());
  }

  /** A revision with these documents, of which some owners' are held, and what they contend for. */
  public static Desired revision(Desired d, Set<Owner> held, Instance... documents) {
    Map<Contested, List<Instance>> claims = new LinkedHashMap<>();
    for (Instance one : documents) {
      claims.computeIfAbsent(new Contested.Name(one.name()), n -> new ArrayList<>()).add(one);
      for (Nic nic : one.network()) {
        SwitchAddress.of(nic)
            .map(place -> new Contested.Address(place.network(), place.address()))
            .forEach(it -> claims.computeIfAbsent(it, n -> new ArrayList<>()).add(one));
        nic.ports().stream()
            .map(port -> new Contested.Port(one.host(), port.protocol(), port.host()))
            .forEach(it -> claims.computeIfAbsent(it, n -> new ArrayList<>()).add(one));
      }
    }
    List<Contest> contests = new ArrayList<>();
    claims.forEach((over, all) -> {
      if (all.size() > 1) {
        contests.add(new Contest(over, all, Problem.of("contested", over.toString())));
      }
    });
    List<Instance> free =
        Stream.of(documents)
            .filter(one -> !held.contains(one.owner()))
            .filter(one -> contests.stream().noneMatch(it -> it.claims().contains(one)))
            .toList();
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        free,
        held,
        contests);
  }

  /** Up to eight instances with random everything; explicit addresses never contradict. */
  public static Desired random(Random random) {
    List<Instance> instances = new ArrayList<>();
    Set<String> explicit = new HashSet<>();
    for (String name : NAMES) {
      if (random.nextInt(3) > 0) {
        instances.add(randomInstance(random, name, explicit));
      }
    }
    String version = Integer.toString(random.nextInt(2));
    ImageVersion read = new ImageVersion(name("tiny"), image(version).version());
    instances.replaceAll(
        one -> one.name().value().length() == 5 ? Edited.shared(one, List.of(read)) : one);
    return switches(site(instances, version), random);
  }

  /** The same, with documents of bob's that claim the names and addresses of others. */
  public static Desired contended(Desired d, Random random) {
    List<Instance> documents = new ArrayList<>(d.instances());
    for (Instance one : d.instances()) {
      Instance other =
          instance(random.nextBoolean() ? one.name().value() : "b" + one.name(), "bob");
      other = other.withNetwork(one.network());
      if (random.nextInt(3) == 0) {
        documents.add(random.nextInt(3) == 0 ? Edited.memory(other, 64 * 1024) : other);
      }
    }
    List<Owner> owners = List.of(Owner.partner(name("bob")), Owner.partner(name("linda")));
    Set<Owner> held = new HashSet<>();
    owners.stream().filter(owner -> random.nextInt(4) == 0).forEach(held::add);
    return revision(d, held, documents.toArray(new Instance[0]));
  }

  /** One time in three a switch is an old one, or serves names. */
  private static Desired switches(Desired d, Random random) {
    Map<ResourceName, Switch> switches = new TreeMap<>();
    for (Switch s : new TreeMap<>(d.switches()).values()) {
      boolean old = random.nextInt(3) == 0;
      boolean served = random.nextInt(3) == 0;
      switches.put(
          s.name(),
          ModelFixtures.switchOf(
              s.name(),
              old ? SwitchDriver.UML_SWITCH : SwitchDriver.BRIDGE,
              s.bridge(),
              s.subnet(),
              s.gateway(),
              s.ipv6(),
              s.reserved(),
              s.pool(),
              s.traffic(),
              new Naming(served, s.naming().domain(), List.of())));
    }
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        switches,
        d.partners(),
        d.instances(),
        d.held(),
        d.contests());
  }

  private static Instance randomInstance(Random random, String name, Set<String> explicit) {
    List<Nic> nics = new ArrayList<>();
    for (String network : List.of("lan", "dmz")) {
      if (random.nextInt(3) > 0) {
        String subnet = network.equals("lan") ? "192.0.2." : "198.51.100.";
        String address = subnet + (3 + random.nextInt(10));
        boolean named = random.nextInt(3) == 0 && explicit.add(address);
        String other = subnet + (11 + random.nextInt(3));
        List<IpAddress> further =
            random.nextInt(4) == 0 && explicit.add(other)
                ? List.of(Ipv4Address.parse(other))
                : List.of();
        nics.add(
            new Nic(
                name(network),
                named ? Ipv4Address.parse(address) : null,
                null,
                null,
                List.of(),
                false,
                further,
                List.of()));
      }
    }
    List<Volume> volumes = new ArrayList<>();
    for (String volume : List.of("storage", "www")) {
      if (random.nextBoolean()) {
        volumes.add(new Volume(name(volume), ByteSize.gib(1 + random.nextInt(2))));
      }
    }
    String partner = name.equals("web") ? PARTNERS.get(random.nextInt(3)) : "linda";
    List<ResourceName> after =
        name.equals("dns") || random.nextBoolean() ? List.of() : List.of(name("dns"));
    return new Instance(
        name(name),
        partner.isEmpty() ? Owner.SITE : Owner.partner(name(partner)),
        SLART,
        name("tiny"),
        name("uml"),
        ByteSize.mib(64L << random.nextInt(3)),
        random.nextBoolean() ? ByteSize.ZERO : ByteSize.mib(256L << random.nextInt(2)),
        volumes,
        nics,
        List.of(Power.values()).get(random.nextInt(3)),
        new StartOrder(random.nextInt(3) * 50, after),
        name(name),
        random.nextBoolean() ? List.of(KEY) : List.of(),
        List.of(ImageChangePolicy.values()).get(name.length() % 3),
        RestartPolicy.NOW,
        random.nextInt(3) == 0 ? ByteSize.mib(64L << random.nextInt(3)) : null,
        Health.USUAL,
        CpuShare.USUAL,
        new GuestSettings(random.nextInt(4) == 0 ? "Europe/Berlin" : null, List.of()),
        List.of(),
        name.length() == 3 ? new Capture(null, Capture.USUAL_FILES, Capture.USUAL_SIZE) : null,
        null);
  }
}
