package dev.fjord.host.linux.network;

import dev.fjord.json.FileSample;
import dev.fjord.model.AddressRange;
import dev.fjord.model.Cidr;
import dev.fjord.model.Destination;
import dev.fjord.model.Digest;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Isolation;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Naming;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.PortRange;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SpoofKind;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Traffic;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredNetworkTest {
  private static final ResourceName LAN = new ResourceName("lan");

  @Test
  void filters_are_read() throws Exception {
    Filters filters =
        new Filters(
            new UidRange(20000, 500),
            List.of(
                new Switch(
                    LAN,
                    SwitchDriver.UML_SWITCH,
                    new InterfaceName("fj-lan"),
                    Cidr.parse("192.0.2.0/24"),
                    Ipv4Address.parse("192.0.2.1"),
                    new Ipv6Subnet(
                        Ipv6Address.parse("2001:db8::"), 64, Ipv6Address.parse("2001:db8::1")),
                    List.of(AddressRange.parse("192.0.2.2-192.0.2.4")),
                    List.of(AddressRange.parse("192.0.2.100-192.0.2.200")),
                    new Traffic(
                        new Uplink(
                            Uplink.Mode.INSTANCE,
                            new InterfaceName("eth0"),
                            new Uplink.Router(Owner.SITE, new ResourceName("gate"))),
                        Isolation.PARTNERS,
                        true,
                        true,
                        List.of(
                            new Destination(
                                "198.51.100.0/24",
                                Protocol.TCP,
                                List.of(PortRange.parse("80-81"))))),
                    new Naming(true, "lan.example.org", List.of(IpAddress.parse("192.0.2.53"))),
                    1400)),
            List.of(
                new FilteredPort(
                    new ResourceName("linda"),
                    Owner.partner(new ResourceName("linda-inc")),
                    new Lease(
                        LAN,
                        Ipv4Address.parse("192.0.2.5"),
                        Ipv6Address.parse("2001:db8::5"),
                        MacAddress.parse("02:00:00:00:00:05"),
                        new InterfaceName("tap-linda"),
                        List.of(IpAddress.parse("192.0.2.6"))),
                    Rate.parse("10Mbit"),
                    List.of(new PortForward(Protocol.TCP, 2201, 22)),
                    true,
                    true,
                    List.of(IpPrefix.parse("203.0.113.0/28")))));
    AppliedFilters applied =
        new AppliedFilters(filters, Digest.ofText("a script"), Digest.ofText("a listing"));
    FileSample.holds("filters", FilterTables.FORMAT, applied);
  }

  @Test
  void counts_are_read() throws Exception {
    FilterTables.Noted noted =
        new FilterTables.Noted(
            List.of(
                new SpoofCounts.Entry(
                    new InterfaceName("tap-linda"),
                    MacAddress.parse("02:00:00:00:00:05"),
                    SpoofKind.NEIGHBOUR,
                    7,
                    512,
                    Instant.parse("2026-01-02T03:04:05Z")),
                new SpoofCounts.Entry(new InterfaceName("tap-bob"), null, null, 8, 513, null)));
    FileSample.holds("spoofed", FilterTables.COUNTS, noted);
  }

  @Test
  void what_an_uplink_had_is_read() throws Exception {
    BridgedUplink.Before before =
        new BridgedUplink.Before(
            new InterfaceName("eth0"),
            "01234567-89ab-cdef-0123-456789abcdef",
            new HostAddresses(
                List.of("198.51.100.2/24 brd 198.51.100.255 scope global"),
                List.of("default via 198.51.100.1 proto static")));
    FileSample.holds("uplink", BridgedUplink.FORMAT, before);
  }
}
