package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a guest is told before its first program. */
class GuestIT {
  private static final Path MODULES = Path.of("/usr/lib/uml/modules");
  private static final Path BERLIN = Path.of("/usr/share/zoneinfo/Europe/Berlin");

  /** January and July, in seconds. */
  private static final String WINTER = "date -d @1767268800 +%H:%M%Z";

  private static final String SUMMER = "date -d @1782900000 +%H:%M%Z";

  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void as_at_the_beginning() throws Exception {
    world.forgetStarts();
    world.site.reset();
    world.apply();
    world.fjord("restart", "linda", "bob"); // A time zone goes as it comes: at a start.
    world.settles();
  }

  @Test
  void an_image_without_rules_gets_those_of_the_host_at_its_next_start() throws Exception {
    assumeThat(BERLIN).as("tzdata of this host").exists();
    var linda = world.pid("linda");
    world.guest("linda", "rm -f /etc/localtime /etc/timezone"); // Of another test.
    assertThat(world.guest("linda", WINTER)).isEqualTo("12:00UTC");

    world.site.write(LINDA.with("timeZone", "Europe/Berlin")).push("Linda is in Berlin");
    var waits = world.apply();
    assertThat(waits.exit()).as("apply: %s", waits).isEqualTo(3);
    assertThat(waits.text()).contains("it is told of its time zone when it starts next");
    assertThat(world.pid("linda")).as("nobody restarts it").isEqualTo(linda);

    assertThat(world.fjord("restart", "linda").exit()).isZero();
    assertThat(world.guest("linda", WINTER)).isEqualTo("13:00CET");
    assertThat(world.guest("linda", SUMMER)).isEqualTo("12:00CEST");
    assertThat(world.guest("linda", "cat /etc/timezone")).isEqualTo("Europe/Berlin");
    assertThat(world.guest("linda", "lsmod | wc -l")).as("header").isEqualTo("1");
    world.settles();
  }

  @Test
  void an_image_with_rules_of_its_own_is_told_which_and_the_site_has_a_default() throws Exception {
    assumeThat(BERLIN).as("tzdata of this host").exists();
    var rules = Base64.getMimeEncoder().encodeToString(Files.readAllBytes(BERLIN));
    world.guest("bob", "mkdir -p /usr/share/zoneinfo/Europe");
    world.send("bob", rules, "base64 -d > /usr/share/zoneinfo/Europe/Berlin; sync");
    world
        .site
        .write(
            "fjord.yaml",
            """
            apiVersion: fjord.dev/v1
            kind: Site
            metadata: {name: slart}
            spec:
              deletionBudget: 1
              defaults: {image: tiny, kernel: uml, memory: 64MiB, timeZone: Europe/Berlin}
            """)
        .push("All are in Berlin");
    assertThat(world.apply().exit()).isEqualTo(3);
    assertThat(world.fjord("restart", "bob", "linda").exit()).isZero();

    assertThat(world.guest("bob", "readlink /etc/localtime"))
        .isEqualTo("/usr/share/zoneinfo/Europe/Berlin");
    assertThat(world.guest("bob", WINTER)).isEqualTo("13:00CET");
    assertThat(world.guest("linda", WINTER)).isEqualTo("13:00CET");
  }

  @Test
  void modules_are_loaded_work_and_the_others_are_there_for_whoever_asks() throws Exception {
    assumeThat(MODULES).as("modules of the kernel").exists();
    world
        .site
        .write(LINDA.with("modules", "[tun, overlay, nf_tables]"))
        .write(BOB.with("modules", "[tun]"))
        .push("Linda and bob have containers");
    world.settles();

    assertThat(world.guest("linda", "lsmod | cut -d' ' -f1"))
        .contains("tun", "overlay", "nf_tables", "nfnetlink");
    assertThat(
            world.guest(
                "linda",
                "mkdir -p /tmp/o && mount -t tmpfs none /tmp/o && cd /tmp/o && mkdir l u w m"
                    + " && echo below > l/f && mount -t overlay"
                    + " -o lowerdir=l,upperdir=u,workdir=w none m && echo above > m/f"
                    + " && cat l/f u/f && cd / && umount /tmp/o/m"))
        .isEqualTo("below\nabove");
    assertThat(world.guest("linda", "tunctl -t tap9 > /dev/null && ls /sys/class/net"))
        .contains("tap9");
    // What no document names: a container would ask for it.
    assertThat(world.guest("linda", "modprobe dummy && ip link add d0 type dummy && ip link"))
        .contains("d0: ");
    assertThat(
            world.guest("linda", "touch $(echo /lib/modules/*)/x 2>&1; mount | grep /lib/modules"))
        .contains("Read-only file system")
        .contains("type ext4 (ro,nosuid,nodev");
    assertThat(world.guest("linda", "dd if=/dev/zero of=/dev/ubdc bs=4k count=1 2>&1; true"))
        .as("the disk itself")
        .containsAnyOf("not permitted", "Read-only", "Permission denied");
    assertThat(world.guest("bob", "lsmod | cut -d' ' -f1"))
        .contains("tun")
        .doesNotContain("overlay");
    assertThat(world.guest("linda", "cat /proc/mounts")).contains("/srv/storage ext4 rw");
    assertThat(world.settles().changes()).isEmpty();
  }

  /** A limit needs a module that no document names: the guest's kernel asks for it. */
  @Test
  void a_packet_filter_in_the_guest_has_its_kernel_load_the_rest() throws Exception {
    assumeThat(MODULES).as("modules of the kernel").exists();
    world.site.write(LINDA.with("modules", "[nf_tables]")).push("Linda filters");
    world.settles();
    var nft = Files.exists(Path.of("/usr/sbin/nft")) ? "/usr/sbin/nft" : "/sbin/nft";
    var files = new ArrayList<>(List.of("tar", "-chzf", world.folder + "/nft.tgz", nft));
    Pattern.compile("/[^ ]+")
        .matcher(Command.of("ldd", nft).output())
        .results()
        .map(MatchResult::group)
        .forEach(files::add);
    Command.of(files).output();
    var archive =
        Base64.getMimeEncoder().encodeToString(Files.readAllBytes(world.folder.resolve("nft.tgz")));
    world.send("linda", archive, "base64 -d | tar -xz -C /");

    // Debian's 6.1 has nf_tables of bridges alone.
    assertThat(
            world.guest(
                "linda",
                "nft add table bridge t && nft add chain bridge t c"
                    + " '{ type filter hook input priority 0; }'"
                    + " && nft add rule bridge t c limit rate 5/second accept"
                    + " && nft list ruleset && lsmod"))
        .contains("limit rate 5/second")
        .contains("nft_limit");
  }

  @Test
  void a_module_that_the_kernel_does_not_have_is_refused_and_linda_runs_on() throws Exception {
    assumeThat(MODULES).as("modules of the kernel").exists();
    var linda = world.pid("linda");
    world.site.write(LINDA.with("modules", "[nf_table]")).push("A slip");

    var run = world.apply();

    assertThat(run.exit()).as("apply: %s", run).isEqualTo(4);
    assertThat(run.text())
        .contains("instance linda asks for the module 'nf_table', and its kernel uml@")
        .contains("did you mean 'nf_tables'?");
    assertThat(world.pid("linda")).isEqualTo(linda);
  }

  @Test
  void with_ipv6_all_of_it_comes_together() throws Exception {
    assumeThat(MODULES).as("modules of the kernel").exists();
    assumeThat(BERLIN).as("tzdata of this host").exists();
    world
        .site
        .write(
            "switches/six.yaml",
            """
            apiVersion: fjord.dev/v1
            kind: Switch
            metadata: {name: six}
            spec:
              driver: bridge
              subnet: 198.51.100.0/28
              gateway: 198.51.100.1
              subnet6: 2001:db8:6::/64
              uplink: none
            """)
        .write(
            BOB.named("fay")
                .with("network", "[{switch: six}]")
                .with("timeZone", "Europe/Berlin")
                .with("modules", "[overlay]"))
        .push("Fay has everything");
    world.settles();

    var address = world.address("fay");
    assertThat(world.guest("fay", "bob", address, "cat /proc/net/if_inet6"))
        .contains("20010db80006")
        .contains("vec0");
    assertThat(world.guest("fay", "bob", address, WINTER)).isEqualTo("13:00CET");
    assertThat(world.guest("fay", "bob", address, "lsmod | cut -d' ' -f1"))
        .contains("ipv6", "overlay");
    assertThat(world.guest("fay", "bob", address, "ls /; ls /lib/modules/*/kernel | head -1"))
        .doesNotContain("localtime")
        .contains("block");
  }
}
