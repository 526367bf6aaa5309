package dev.fjord.host.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.doctor.Finding.Status;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Obstacle.Ruler;
import dev.fjord.model.Obstacle.Way;
import dev.fjord.model.Surroundings;
import dev.fjord.model.TakenUids;
import dev.fjord.model.UidRange;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Docker, ufw and accounts, as the doctor tells of them. */
class OtherRulersTest {
  private static final Filters NOTHING_YET =
      new Filters(new UidRange(200_000, 1_000), List.of(), List.of());

  @Test
  void a_host_without_others_is_well() {
    assertThat(examine(Surroundings.NONE, null)).containsExactly("OK host's firewall");
    assertThat(examine(Surroundings.NONE, NOTHING_YET))
        .containsExactly("OK host's firewall", "OK user ids");
  }

  @Test
  void before_there_is_a_switch_what_would_take_its_packets_is_told() {
    var finding = new OtherRulers(docker(null), null).examine().get(0);
    assertThat(finding.status()).isEqualTo(Status.WARNING);
    assertThat(finding.found())
        .isEqualTo(
            "what guests send to other networks is taken by table ip filter, chain FORWARD"
                + " (policy drop)");
    assertThat(finding.hint())
        .isEqualTo(
            "Let it through: iptables -I DOCKER-USER -i fj-lan -j ACCEPT; iptables -I DOCKER-USER"
                + " -o fj-lan -j ACCEPT. docs/with-other-firewalls.md has more.");
    assertThat(examine(docker(null), NOTHING_YET))
        .as("no switch asks for it")
        .containsExactly("OK host's firewall", "OK user ids");
  }

  @Test
  void rules_that_nobody_can_see_and_user_ids_of_others_are_told() {
    var around =
        new Surroundings(
            Set.of(),
            List.of(),
            true,
            List.of(),
            List.of(
                new TakenUids("/etc/subuid", "anna", 165_536, 65_536),
                new TakenUids("/etc/passwd", "ben", 1_001, 1)));
    assertThat(examine(around, NOTHING_YET))
        .containsExactly("WARNING host's firewall", "WARNING user ids");
    assertThat(new OtherRulers(around, NOTHING_YET).examine().get(1).found())
        .isEqualTo("anna has 165536-231071 (/etc/subuid)");
  }

  private static Surroundings docker(@Nullable InterfaceName bridge) {
    var obstacle =
        new Obstacle(
            Way.OUT,
            bridge,
            false,
            "table ip filter, chain FORWARD",
            "policy drop",
            true,
            Ruler.DOCKER);
    return new Surroundings(Set.of(), List.of(obstacle), false, List.of(), List.of());
  }

  private static List<String> examine(Surroundings around, @Nullable Filters now) {
    return new OtherRulers(around, now)
        .examine().stream().map(one -> one.status() + " " + one.name()).toList();
  }
}
