package dev.fjord.e2e;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The document of an instance.
 *
 * @param partner whose folder it is in
 * @param spec each field as it is written
 */
record Machine(String name, String partner, Map<String, String> spec) {
  /** linda's, with a volume. */
  static final Machine LINDA =
      new Machine("linda", "linda", Map.of())
          .with("memory", "64MiB")
          .with("volumes", "[{name: storage, size: 16MiB, filesystem: ext4}]")
          .at("192.0.2.5");

  /** bob's, which says as little as it may: its address is leased. */
  static final Machine BOB = new Machine("bob", "bob", Map.of()).with("network", "[{switch: lan}]");

  Machine {
    spec = Map.copyOf(spec);
  }

  Machine with(String field, String value) {
    var more = new TreeMap<>(spec);
    more.put(field, value);
    return new Machine(name, partner, more);
  }

  Machine at(String address) {
    return with("network", "[{switch: lan, address: " + address + "}]");
  }

  Machine named(String other) {
    return new Machine(other, partner, spec);
  }

  String file() {
    return "partners/" + partner + "/" + name + ".yaml";
  }

  String yaml() {
    return new TreeMap<>(spec)
        .entrySet().stream()
            .map(field -> "  " + field.getKey() + ": " + field.getValue() + "\n")
            .collect(
                Collectors.joining(
                    "",
                    "apiVersion: fjord.dev/v1\nkind: Instance\nmetadata: {name: "
                        + name
                        + "}\nspec:\n",
                    ""));
  }
}
