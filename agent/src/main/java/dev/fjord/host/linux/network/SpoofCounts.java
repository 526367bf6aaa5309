package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.MacAddress;
import dev.fjord.model.SpoofKind;
import dev.fjord.model.SpoofedFrames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How many frames were dropped because their sender had no right to send them. */
record SpoofCounts(Map<Key, Count> all) {
  static final SpoofCounts NONE = new SpoofCounts(Map.of());

  SpoofCounts {
    all = Map.copyOf(all);
  }

  /**
   * Whose frames.
   *
   * @param mac null for whatever comes from the tap
   * @param kind null for all kinds together
   */
  record Key(InterfaceName tap, @Nullable MacAddress mac, @Nullable SpoofKind kind) {
    Key ofKind(SpoofKind one) {
      return new Key(tap, mac, one);
    }
  }

  /**
   * Frames, and their bytes.
   *
   * @param last when a look found more of them than before; null where there was none yet
   */
  record Count(long packets, long bytes, @Nullable Instant last) {
    static final Count ZERO = new Count(0, 0, null);

    /** As the statement of a set's element; no text for nothing. */
    String text() {
      return packets == 0 ? "" : " counter packets " + packets + " bytes " + bytes;
    }

    Count larger(Count found, Instant at) {
      return found.packets > packets ? new Count(found.packets, found.bytes, at) : this;
    }
  }

  /** A count as a file keeps it. */
  record Entry(
      InterfaceName tap,
      @Nullable MacAddress mac,
      @Nullable SpoofKind kind,
      long packets,
      long bytes,
      @Nullable Instant last) {
    Key key() {
      return new Key(tap, mac, kind);
    }
  }

  Count of(Key key) {
    return Objects.requireNonNullElse(all.get(key), Count.ZERO);
  }

  /** What a sender was kept from. */
  SpoofedFrames spoofed(Key sender) {
    List<SpoofedFrames.Tried> kinds = new ArrayList<>();
    for (SpoofKind kind : SpoofKind.values()) {
      Count count = of(sender.ofKind(kind));
      if (count.packets() > 0 && count.last() != null) {
        kinds.add(new SpoofedFrames.Tried(kind, count.packets(), count.last()));
      }
    }
    return new SpoofedFrames(of(sender).packets(), kinds);
  }

  /** The larger of each: counters start again from zero where the table was removed by hand. */
  SpoofCounts orMore(SpoofCounts found, Instant at) {
    Map<Key, Count> larger = new HashMap<>(all);
    found.all.forEach((key, count) -> larger.put(key, of(key).larger(count, at)));
    return new SpoofCounts(larger);
  }

  static SpoofCounts of(List<Entry> entries) {
    Map<Key, Count> all = new HashMap<>();
    entries.forEach(
        entry -> all.put(entry.key(), new Count(entry.packets(), entry.bytes(), entry.last())));
    return new SpoofCounts(all);
  }

  List<Entry> entries() {
    return all.entrySet().stream()
        .filter(e -> e.getValue().packets() > 0)
        .map(e ->
            new Entry(
                e.getKey().tap(),
                e.getKey().mac(),
                e.getKey().kind(),
                e.getValue().packets(),
                e.getValue().bytes(),
                e.getValue().last()))
        .sorted(Comparator.comparing(Entry::toString))
        .toList();
  }

  /** What the sets of a table count: {@code spoofed}, {@code tried} and those behind a daemon. */
  static SpoofCounts parse(Stream<JsonNode> sets) {
    Map<Key, Count> all = new HashMap<>();
    sets.filter(set -> set.path("name").asText().matches("(spoofed|tried)(_behind)?"))
        .forEach(set -> {
          boolean ofKinds = set.path("name").asText().startsWith("tried");
          stream(set.path("elem"))
              .map(element -> element.path("elem"))
              .forEach(element -> {
                Key key = key(element.path("val"), ofKinds);
                JsonNode counter = element.path("counter");
                if (key != null) {
                  long packets = counter.path("packets").asLong();
                  all.put(key, new Count(packets, counter.path("bytes").asLong(), null));
                }
              });
        });
    return new SpoofCounts(all);
  }

  /** {@code TAP}, {@code TAP . MAC}, {@code TAP . KIND} or {@code TAP . MAC . KIND}. */
  private static @Nullable Key key(JsonNode value, boolean ofKind) {
    List<String> parts = new ArrayList<>();
    if (value.path("concat").isArray()) {
      value.path("concat").forEach(part -> parts.add(part.asText()));
    } else {
      parts.add(value.asText());
    }
    try {
      SpoofKind kind = ofKind ? SpoofKind.of(Long.decode(parts.remove(parts.size() - 1))) : null;
      MacAddress mac = parts.size() > 1 ? new MacAddress(parts.get(1)) : null;
      return ofKind && kind == null ? null : new Key(new InterfaceName(parts.get(0)), mac, kind);
    } catch (IllegalArgumentException notFjords) {
      return null;
    }
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return java.util.stream.StreamSupport.stream(array.spliterator(), false);
  }
}
