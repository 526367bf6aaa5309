package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Obstacle.Ruler;
import dev.fjord.model.Obstacle.Way;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Surroundings;
import dev.fjord.model.Switch;
import dev.fjord.model.TakenPort;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules as Docker, ufw and firewalld make them, in a namespace, with real packets: what is said of
 * them is held against what they do.
 */
class HostSurroundingsIT {
  private static final String NOTHING = "nothing";

  /** Docker 28 with iptables-nft(8), one network. */
  private static final String DOCKER =
      """
      table ip filter {
        chain DOCKER { iifname != "docker0" oifname "docker0" counter drop
        }
        chain DOCKER-BRIDGE { oifname "docker0" counter jump DOCKER
        }
        chain DOCKER-CT { oifname "docker0" ct state related,established counter accept
        }
        chain DOCKER-ISOLATION-STAGE-2 { oifname "docker0" counter drop
        }
        chain DOCKER-ISOLATION-STAGE-1 {
          iifname "docker0" oifname != "docker0" counter jump DOCKER-ISOLATION-STAGE-2
        }
        chain DOCKER-FORWARD {
          counter jump DOCKER-CT
          counter jump DOCKER-ISOLATION-STAGE-1
          counter jump DOCKER-BRIDGE
          iifname "docker0" counter accept
        }
        chain DOCKER-USER {
        }
        chain FORWARD {
          type filter hook forward priority filter; policy drop;
          counter jump DOCKER-USER
          counter jump DOCKER-FORWARD
        }
      }
      """;

  /** ufw 0.36 with its usual policies, in brief. */
  private static final String UFW =
      """
      table ip filter {
        chain ufw-user-forward {
        }
        chain ufw-user-input { tcp dport 22 counter accept
        }
        chain ufw-before-forward {
          ct state related,established counter accept
          icmp type echo-request counter accept
          counter jump ufw-user-forward
        }
        chain ufw-before-input {
          iifname "lo" counter accept
          ct state related,established counter accept
          counter jump ufw-user-input
        }
        chain INPUT {
          type filter hook input priority filter; policy drop;
          counter jump ufw-before-input
        }
        chain FORWARD {
          type filter hook forward priority filter; policy drop;
          counter jump ufw-before-forward
        }
      }
      """;

  /** firewalld 1.3 with its own nftables, in brief. */
  private static final String FIREWALLD =
      """
      table inet firewalld {
        chain filter_FWD_public { jump filter_FWD_public_allow
          reject with icmpx admin-prohibited
        }
        chain filter_FWD_public_allow {
        }
        chain filter_FWD_trusted { accept
        }
        chain filter_FORWARD_ZONES {
          goto filter_FWD_public
        }
        chain filter_FORWARD {
          type filter hook forward priority filter + 10; policy accept;
          ct state { established, related } accept
          ct status dnat accept
          iifname "lo" accept
          ct state invalid drop
          jump filter_FORWARD_ZONES
          reject with icmpx admin-prohibited
        }
      }
      """;

  @TempDir Path folder;
  private Lab lab;
  private Switch lan;

  @BeforeEach
  void begin() throws Exception {
    lab = new Lab(folder);
    lab.wires.listen("world", 80);
    lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    lab.with(lan).guest("linda", lan, 5, null, new PortForward(Protocol.TCP, 2201, 22));
    lab.guest("bob", lan, 6, null);
    lab.filter();
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(inwards()).isEqualTo(Lab.WORLD);
    assertThat(look().obstacles()).isEmpty();
  }

  @AfterEach
  void end() {
    lab.close();
  }

  @Test
  void docker_takes_what_no_network_of_its_own_sends() throws Exception {
    set(DOCKER);
    assertThat(outwards()).isEqualTo(NOTHING);
    assertThat(inwards()).isEqualTo(NOTHING);
    assertThat(look().on(lan.bridge()))
        .extracting(
            Obstacle::way, Obstacle::six, Obstacle::place, Obstacle::ruler, Obstacle::certain)
        .containsExactly(
            tuple(
                Way.OUT, false, "table ip filter, chain FORWARD (policy drop)", Ruler.DOCKER, true),
            tuple(
                Way.IN, false, "table ip filter, chain FORWARD (policy drop)", Ruler.DOCKER, true));
    assertThat(look().obstacles().get(0).remedy(lan.bridge()))
        .isEqualTo(
            "iptables -I DOCKER-USER -i fj-lan1 -j ACCEPT; iptables -I DOCKER-USER -o fj-lan1 -j"
                + " ACCEPT");
    assertThat(look().on(new InterfaceName("fj-later")))
        .as("of a switch that is not there yet")
        .hasSize(2);

    // What iptables(8) makes of these commands.
    nft("insert", "rule", "ip", "filter", "DOCKER-USER", "iifname", "fj-lan1", "accept");
    assertThat(outwards()).as("answers do not come back").isEqualTo(NOTHING);
    assertThat(look().on(lan.bridge())).extracting(Obstacle::way).containsExactly(Way.BACK, Way.IN);
    nft("insert", "rule", "ip", "filter", "DOCKER-USER", "oifname", "fj-lan1", "accept");
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(inwards()).isEqualTo(Lab.WORLD);
    assertThat(look().on(lan.bridge())).isEmpty();
    assertThat(look().on(new InterfaceName("fj-later"))).isNotEmpty();
  }

  @Test
  void ufw_takes_what_is_routed_and_questions_for_names() throws Exception {
    set(UFW);
    assertThat(outwards()).isEqualTo(NOTHING);
    assertThat(inwards()).isEqualTo(NOTHING);
    assertThat(lab.wires.pings("linda", Lab.WORLD)).as("ufw lets pings through").isTrue();
    assertThat(look().on(lan.bridge()))
        .allMatch(one -> one.ruler() == Ruler.UFW && one.certain() && !one.six())
        .extracting(Obstacle::way)
        .containsExactly(Way.OUT, Way.IN, Way.NAMES);
    assertThat(look().on(lan.bridge()).get(0).remedy(lan.bridge()))
        .isEqualTo("ufw route allow in on fj-lan1; ufw route allow out on fj-lan1");
    nft("add", "rule", "ip", "filter", "ufw-user-forward", "iifname", "fj-lan1", "accept");
    nft("add", "rule", "ip", "filter", "ufw-user-forward", "oifname", "fj-lan1", "accept");
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(inwards()).isEqualTo(Lab.WORLD);
    assertThat(look().on(lan.bridge())).extracting(Obstacle::way).containsExactly(Way.NAMES);
  }

  @Test
  void firewalld_rejects_what_leaves_and_lets_in_what_was_forwarded() throws Exception {
    set(FIREWALLD);
    assertThat(outwards()).isEqualTo(NOTHING);
    assertThat(inwards()).isEqualTo(Lab.WORLD);
    assertThat(look().on(lan.bridge()))
        .allMatch(one -> one.ruler() == Ruler.FIREWALLD && one.certain())
        .allMatch(
            one -> one.place().equals("table inet firewalld, chain filter_FWD_public (reject)"))
        .extracting(Obstacle::way, Obstacle::six)
        .containsExactly(tuple(Way.OUT, false), tuple(Way.OUT, true));
    var zones = "inet firewalld filter_FORWARD_ZONES iifname fj-lan1 goto filter_FWD_trusted";
    nft(("insert rule " + zones).split(" ", -1));
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(look().on(lan.bridge())).isEmpty();
  }

  @Test
  void frames_between_guests_are_taken_where_br_netfilter_shows_them() throws Exception {
    var setting = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");
    assumeTrue(Files.exists(setting), "this host's kernel has no br_netfilter");
    set(DOCKER);
    assertThat(neighbours()).isEqualTo(Lab.four(1, 5));
    assertThat(look().on(lan.bridge())).extracting(Obstacle::way).doesNotContain(Way.BETWEEN);
    lab.seesFrames(true);
    assertThat(neighbours()).isEqualTo(NOTHING);
    assertThat(look().on(lan.bridge())).extracting(Obstacle::way).contains(Way.BETWEEN);
  }

  @Test
  void chains_that_are_found_by_a_map_are_looked_through() throws Exception {
    // As Docker does with its own nftables; then the same with a default.
    var rules =
        """
        table ip docker-bridges {
          chain in-docker0 {
            drop
          }
          chain other {
            REST
          }
          map jumps {
            type ifname : verdict
            elements = { "docker0" : jump in-docker0, "MINE" : jump other }
          }
          chain filter-FORWARD {
            type filter hook forward priority filter; policy accept;
            oifname vmap @jumps
            iifname vmap { "docker0" : jump in-docker0, "MINE" : goto other }
          }
        }
        """;
    set(rules.replace("REST", "drop").replace("MINE", "br-other"));
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(look().on(lan.bridge())).isEmpty();
    nft("delete", "table", "ip", "docker-bridges");
    set(rules.replace("REST", "drop").replace("MINE", "fj-lan1"));
    assertThat(outwards()).isEqualTo(NOTHING);
    assertThat(inwards()).isEqualTo(NOTHING);
    assertThat(look().on(lan.bridge()))
        .extracting(Obstacle::way, Obstacle::place)
        .containsExactly(
            tuple(Way.OUT, "table ip docker-bridges, chain other (drop)"),
            tuple(Way.IN, "table ip docker-bridges, chain other (drop)"));
    assertThat(look().on(new InterfaceName("fj-later"))).isEmpty();
  }

  @Test
  void what_it_says_to_do_is_enough() throws Exception {
    set(
        """
        table inet mine {
          chain mine {
            type filter hook forward priority 5; policy drop;
          }
        }
        """);
    assertThat(outwards()).isEqualTo(NOTHING);
    for (var command : look().on(lan.bridge()).get(0).remedy(lan.bridge()).split("; ", -1)) {
      run(command.split(" ", -1));
    }
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(inwards()).isEqualTo(Lab.WORLD);
    assertThat(look().on(lan.bridge())).isEmpty();
  }

  @Test
  void rules_that_may_let_it_pass_are_no_obstacle() throws Exception {
    set(
        """
        table ip mine {
          chain mine {
            type filter hook forward priority 5; policy drop;
            ip saddr 192.0.2.0/24 accept
            ip daddr 192.0.2.0/24 accept
          }
        }
        """);
    assertThat(outwards()).isEqualTo(Lab.HOST);
    assertThat(look().on(lan.bridge())).isEmpty();
    set(
        """
        table ip mine {
          chain late {
            type filter hook forward priority 6; policy accept;
            iifname "fj-*" oifname "up*" drop
          }
        }
        """);
    assertThat(outwards()).isEqualTo(NOTHING);
    assertThat(look().on(lan.bridge()))
        .extracting(Obstacle::way, Obstacle::place)
        .containsExactly(tuple(Way.OUT, "table ip mine, chain late (drop)"));
  }

  @Test
  void ports_and_user_ids_that_others_have_are_seen() throws Exception {
    lab.wires.listen("host", 8080);
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(
        folder.resolve("etc/subuid"), "anna:100000:65536\nbroken\nodd:x:9\nben:165536:65536\n");
    Files.writeString(
        folder.resolve("etc/passwd"),
        "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:\ncarol:x:20007:20007::/:/bin/sh\n");
    var seen = look();
    assertThat(seen.ports()).contains(new TakenPort(Protocol.TCP, 8080));
    assertThat(seen.ports()).doesNotContain(new TakenPort(Protocol.TCP, 2201));
    assertThat(seen.uids())
        .filteredOn(one -> one.overlaps(new UidRange(20_000, 100_000)))
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(
            "anna has 100000-165535 (" + folder + "/etc/subuid)",
            "carol has 20007 (" + folder + "/etc/passwd)");
    assertThat(seen.uids()).noneMatch(one -> one.overlaps(new UidRange(231_072, 10)));
  }

  private Surroundings look() {
    return new HostSurroundings(lab.wires.inside("host"), folder.resolve("etc"))
        .observe(lab.observe().bridges());
  }

  private String outwards() throws Exception {
    return ask("linda", Lab.WORLD, 80);
  }

  private String inwards() throws Exception {
    return ask("world", Lab.HOST, 2201);
  }

  private String neighbours() throws Exception {
    return ask("linda", Lab.four(1, 6), 22);
  }

  private String ask(String who, String address, int port) throws Exception {
    return lab.wires.ask(who, "tcp", address, port, "-", "-");
  }

  private void set(String script) {
    Command.of(
            Stream.concat(lab.wires.inside("host").stream(), Stream.of("nft", "-f", "-")).toList())
        .input(script)
        .output();
  }

  private void nft(String... words) {
    run(Stream.concat(Stream.of("nft"), Stream.of(words)).toArray(String[]::new));
  }

  private void run(String... words) {
    Command.of(Stream.concat(lab.wires.inside("host").stream(), List.of(words).stream()).toList())
        .output();
  }
}
