package dev.fjord.planner.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.fjord.model.ByteSize;
import dev.fjord.model.KernelInvocation;
import dev.fjord.plan.FieldChange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A guest's root can write over its kernel's command line: what it says breaks no plan. */
class BootFieldsTest {
  private static final List<String> PIECES =
      List.of(
          "mem=",
          "ubd0=",
          "ubd1d=",
          "ubd99999999999=",
          "ip=",
          "vec0:transport=",
          ",mtu=",
          "eth7=",
          "nameserver=",
          "systemd.set_credential=network.search_domains:",
          "systemd.hostname=",
          "systemd.set_credential_binary=",
          "/",
          "//",
          ",",
          ":",
          "[",
          "]",
          "..",
          "a",
          "=",
          "",
          "99999999999999999999G",
          "swap.img",
          "x.img",
          "%%%",
          "\\",
          "9".repeat(4000));

  static IntStream seeds() {
    return IntStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatever_a_guest_writes_there_is_read(int seed) {
    var random = new Random(seed);
    var words = new ArrayList<String>();
    for (var i = random.nextInt(12); i >= 0; i--) {
      var word = new StringBuilder();
      for (var piece = random.nextInt(5); piece >= 0; piece--) {
        word.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      words.add(word.toString());
    }
    var boot = new KernelInvocation(Path.of("/"), words);
    assertThatCode(() -> BootFields.of(boot, ByteSize.ZERO, Map.of()))
        .as("%s", words)
        .doesNotThrowAnyException();
  }

  @Test
  void who_sends_more_than_may_pass_differs_and_who_sends_less_does_not() {
    assertThat(BootFields.changes(vector(""), vector(",mtu=1400")))
        .containsExactly(new FieldChange("network.0.mtu", "1500", "1400"));
    assertThat(BootFields.changes(vector(",mtu=1400"), vector(",mtu=1300")))
        .containsExactly(new FieldChange("network.0.mtu", "1400", "1300"));
    assertThat(BootFields.changes(vector(",mtu=1400"), vector(""))).isEmpty();
    assertThat(BootFields.changes(vector(""), vector(",mtu=9000"))).isEmpty();
  }

  private static Map<String, String> vector(String more) {
    var word = "vec0:transport=tap,ifname=tap-a,mac=02:00:00:00:00:01,gro=1" + more;
    return BootFields.of(
        new KernelInvocation(Path.of("/"), List.of(word)), ByteSize.ZERO, Map.of());
  }
}
