package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** 21 partners in a /27, every address of it in use by a real kernel. */
class FullBlockIT {
  private static final int PARTNERS = 21;

  /** All but the network's own, the broadcast address and the gateway. */
  private static final List<String> BLOCK =
      IntStream.rangeClosed(2, 30).mapToObj(last -> "192.0.2." + last).toList();

  @Test
  void every_address_works_and_the_next_instance_waits() throws Exception {
    try (var world = World.empty()) {
      world.site.reset();
      world.site.remove(Machine.LINDA, Machine.BOB);
      for (var partner = 1; partner <= PARTNERS; partner++) {
        write(world, partner);
      }
      for (var machine = 1; machine <= BLOCK.size(); machine++) {
        world.site.write(machine(machine));
      }
      world.site.push("A full block");
      world.settles();

      var pids = pids(world.status());
      assertThat(pids).hasSize(BLOCK.size()).doesNotContainValue(-1L);
      assertThat(BLOCK).allMatch(world::answers, "answers");
      assertThat(world.settles().changes()).isEmpty();
      assertThat(free(world)).isZero();

      // One with the lowest address, to the one with the highest.
      var first = nameOf(world.status(), BLOCK.get(0));
      var last = BLOCK.get(BLOCK.size() - 1);
      assertThat(world.guest(first, "linda", BLOCK.get(0), "ping -c 1 -W 5 " + last))
          .contains("1 packets received");

      // One too many.
      world.site.write(machine(BLOCK.size() + 1));
      world.site.push("One more");
      assertThat(world.apply().text())
          .contains(
              "instance m30: switch lan (192.0.2.0/27) has no free address: of the 29 in its subnet"
                  + " 29 are held or named; no other switch has one");
      assertThat(pids(world.status())).as("the others run on").isEqualTo(pids);

      // Somebody leaves: no stranger is found at that address for a week.
      world.site.remove(machine(1));
      world.site.push("m01 leaves");
      world.apply();
      assertThat(world.apply().text())
          .contains("28 are held or named and 1 in quarantine; no other switch has one");
      assertThat(free(world)).isZero();
      pids.remove("m01");
      assertThat(pids(world.status())).isEqualTo(pids);

      // Its owner comes back, to the same address.
      world.site.remove(machine(BLOCK.size() + 1)).write(machine(1));
      world.site.push("m01 is back");
      world.settles();
      assertThat(BLOCK).allMatch(world::answers, "answers");
    }
  }

  private static Machine machine(int number) {
    var partner = "p%02d".formatted((number - 1) % PARTNERS + 1);
    return new Machine("m%02d".formatted(number), partner, Map.of())
        .with("network", "[{switch: lan}]");
  }

  private static void write(World world, int number) throws Exception {
    var name = "p%02d".formatted(number);
    var partner = world.site.partner("linda").replace("name: linda", "name: " + name);
    world.site.write("partners/" + name + ".yaml", partner);
  }

  private static Map<String, Long> pids(JsonNode status) {
    var pids = new HashMap<String, Long>();
    for (var instance : status.path("instances")) {
      if (instance.path("power").asText().equals("running")) {
        pids.put(instance.path("name").asText(), instance.path("pid").asLong(-1));
      }
    }
    return pids;
  }

  private static String nameOf(JsonNode status, String address) {
    for (var instance : status.path("instances")) {
      if (instance.path("addresses").path(0).asText().equals(address)) {
        return instance.path("name").asText();
      }
    }
    throw new AssertionError("nobody has " + address);
  }

  private static int free(World world) {
    var run = world.fjord("addresses", "--format", "json");
    assertThat(run.exit()).as("addresses: %s", run).isZero();
    return run.json().path("switches").path(0).path("free").asInt(-1);
  }
}
