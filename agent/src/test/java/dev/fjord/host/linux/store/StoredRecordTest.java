package dev.fjord.host.linux.store;

import dev.fjord.json.FileSample;
import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Digest;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Health;
import dev.fjord.model.Identity;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.LeftAddress;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Nic;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.Power;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.Rebase;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Volume;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredRecordTest {

  private static ResourceName name(String name) {
    return new ResourceName(name);
  }

  /** Everything is said, and nothing is what it is by default. */
  static final InstanceRecord FULL =
      new InstanceRecord(
          Identity.parse("0123456789abcdef"),
          20007,
          List.of(
              new Lease(
                  name("lan"),
                  Ipv4Address.parse("192.0.2.5"),
                  Ipv6Address.parse("2001:db8::5"),
                  MacAddress.parse("02:00:00:00:00:05"),
                  new InterfaceName("tap-linda"),
                  List.of(IpAddress.parse("192.0.2.6"), IpAddress.parse("2001:db8::6"))),
              ModelFixtures.lease(
                  name("back"),
                  Ipv4Address.parse("198.51.100.5"),
                  MacAddress.parse("02:00:00:00:01:05"),
                  new InterfaceName("tap-linda-1"))),
          Digest.ofText("an image"),
          Digest.ofText("a kernel"),
          "0123456789abcdef0123456789abcdef01234567",
          new Instance(
              name("linda"),
              Owner.partner(name("linda-inc")),
              name("slart"),
              name("debian-13"),
              name("uml"),
              ByteSize.mib(192),
              ByteSize.mib(512),
              List.of(new Volume(name("storage"), ByteSize.gib(4))),
              List.of(
                  new Nic(
                      name("lan"),
                      Ipv4Address.parse("192.0.2.5"),
                      Ipv6Address.parse("2001:db8::5"),
                      Rate.parse("10Mbit"),
                      List.of(
                          new PortForward(Protocol.TCP, 2201, 22),
                          new PortForward(Protocol.UDP, 5300, 53)),
                      false,
                      List.of(IpAddress.parse("192.0.2.6"), IpAddress.parse("2001:db8::6")),
                      List.of(IpPrefix.parse("203.0.113.0/28"))),
                  new Nic(name("back"), null, null, null, List.of(), true, List.of(), List.of())),
              Power.PAUSED,
              new StartOrder(10, List.of(name("dns"))),
              name("linda-host"),
              List.of(
                  AuthorizedKey.parse(
                      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                          + " linda@example.org")),
              ImageChangePolicy.REBASE,
              RestartPolicy.NEXT_START,
              ByteSize.gib(2),
              new Health(80, false),
              new CpuShare(50, 150),
              new GuestSettings("Europe/Berlin", List.of("nf_tables")),
              List.of(new ImageVersion(name("tools"), Digest.ofText("tools"))),
              new Capture(name("lan"), 4, ByteSize.mib(20)),
              null),
          new Rebase(
              new ImageVersion(name("debian-13"), Digest.ofText("an image")),
              new ImageVersion(name("debian-13"), Digest.ofText("another image")),
              "it did not answer"),
          List.of(
              new LeftAddress(
                  name("lan"), IpAddress.parse("192.0.2.4"), Instant.parse("2026-01-02T03:04:05Z")),
              new LeftAddress(name("lan"), IpAddress.parse("2001:db8::4"), null)));

  @Test
  void a_record_of_todays_form_is_read() throws Exception {
    FileSample.holds("instance", RecordStore.FORMAT, StoredRecord.of(FULL));
  }
}
