package dev.fjord.load.yaml;

import dev.fjord.problem.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a value of a document stands, and the values in it. A tree beside the values' own tree, not
 * a map from JSON pointers: a pointer to something deep below long keys is long, and hostile YAML
 * has fifty thousand of them.
 */
public final class LocatedNode {
  private final Location at;
  private final Location keyAt;
  private @Nullable Map<String, LocatedNode> fields;
  private @Nullable List<LocatedNode> items;

  /**
   * A place with nothing in it yet.
   *
   * @param keyAt where its key stands, or {@code at} again for what has no key
   */
  LocatedNode(Location at, Location keyAt) {
    this.at = at;
    this.keyAt = keyAt;
  }

  public Location at() {
    return at;
  }

  public Location keyAt() {
    return keyAt;
  }

  /** The place of a field ({@code String}) or an item ({@code Integer}); null where none is. */
  public @Nullable LocatedNode child(Object element) {
    if (element instanceof Integer index) {
      return items == null || index < 0 || index >= items.size() ? null : items.get(index);
    }
    return fields == null ? null : fields.get(element.toString());
  }

  /** The place below; where nothing is there, the nearest one above it. */
  public LocatedNode nearest(List<Object> path) {
    LocatedNode place = this;
    for (Object element : path) {
      LocatedNode next = place.child(element);
      if (next == null) {
        return place;
      }
      place = next;
    }
    return place;
  }

  /** The first of two equal fields stays. */
  void putField(String name, LocatedNode place) {
    if (fields == null) {
      fields = new HashMap<>();
    }
    fields.putIfAbsent(name, place);
  }

  void addItem(LocatedNode place) {
    if (items == null) {
      items = new ArrayList<>();
    }
    items.add(place);
  }
}
