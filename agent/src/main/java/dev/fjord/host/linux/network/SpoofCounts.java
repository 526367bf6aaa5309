package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.MacAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How many frames were dropped that were not their sender's to send. */
record SpoofCounts(Map<Key, Count> all) {
  static final SpoofCounts NONE = new SpoofCounts(Map.of());

  SpoofCounts {
    all = Map.copyOf(all);
  }

  /**
   * Whose frames.
   *
   * @param mac null for whatever comes from the tap
   */
  record Key(InterfaceName tap, @Nullable MacAddress mac) {}

  /** Frames, and their bytes. */
  record Count(long packets, long bytes) {
    static final Count ZERO = new Count(0, 0);

    /** As the statement of a set's element; no text for nothing. */
    String text() {
      return packets == 0 ? "" : " counter packets " + packets + " bytes " + bytes;
    }

    Count larger(Count other) {
      return other.packets > packets ? other : this;
    }
  }

  /** A count as a file keeps it. */
  record Entry(InterfaceName tap, @Nullable MacAddress mac, long packets, long bytes) {
    Key key() {
      return new Key(tap, mac);
    }
  }

  Count of(Key key) {
    return Objects.requireNonNullElse(all.get(key), Count.ZERO);
  }

  /** Of each the larger: counters start again from zero where somebody removed the table. */
  SpoofCounts orMore(SpoofCounts other) {
    Map<Key, Count> larger = new HashMap<>(all);
    other.all.forEach((key, count) -> larger.merge(key, count, Count::larger));
    return new SpoofCounts(larger);
  }

  static SpoofCounts of(List<Entry> entries) {
    Map<Key, Count> all = new HashMap<>();
    entries.forEach(entry -> all.put(entry.key(), new Count(entry.packets(), entry.bytes())));
    return new SpoofCounts(all);
  }

  List<Entry> entries() {
    return all.entrySet().stream()
        .filter(e -> e.getValue().packets() > 0)
        .map(e ->
            new Entry(
                e.getKey().tap(), e.getKey().mac(), e.getValue().packets(), e.getValue().bytes()))
        .sorted(Comparator.comparing(Entry::toString))
        .toList();
  }

  /** What the sets {@code spoofed} and {@code spoofed_behind} of a table count. */
  static SpoofCounts parse(Stream<JsonNode> sets) {
    Map<Key, Count> all = new HashMap<>();
    sets.filter(set -> set.path("name").asText().matches("spoofed(_behind)?"))
        .flatMap(set -> stream(set.path("elem")))
        .map(element -> element.path("elem"))
        .forEach(element -> {
          Key key = key(element.path("val"));
          JsonNode counter = element.path("counter");
          if (key != null) {
            all.put(
                key, new Count(counter.path("packets").asLong(), counter.path("bytes").asLong()));
          }
        });
    return new SpoofCounts(all);
  }

  private static @Nullable Key key(JsonNode value) {
    try {
      JsonNode pair = value.path("concat");
      return pair.isArray()
          ? new Key(new InterfaceName(pair.path(0).asText()), new MacAddress(pair.path(1).asText()))
          : new Key(new InterfaceName(value.asText()), null);
    } catch (IllegalArgumentException notFjords) {
      return null;
    }
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return java.util.stream.StreamSupport.stream(array.spliterator(), false);
  }
}
