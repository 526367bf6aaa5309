package dev.fjord.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fjord.model.Digest;
import dev.fjord.model.Tree;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A repository of so many partners, each with an instance. */
record GeneratedSite(TreeMap<String, String> contents) implements Tree {
  private static final Map<String, String> SHARED =
      Map.of(
          "fjord.yaml",
          """
          apiVersion: fjord.dev/v1
          kind: Site
          metadata: {name: slart}
          spec:
            defaults: {image: tiny, kernel: uml, memory: 48MiB, swap: 64MiB}
          """,
          "hosts/slart.yaml",
          """
          apiVersion: fjord.dev/v1
          kind: Host
          metadata: {name: slart}
          spec:
            memory: 1TiB
            disk: 100TiB
            uids: {first: 200000, count: 10000}
          """,
          "images/tiny.yaml",
          """
          apiVersion: fjord.dev/v1
          kind: Image
          metadata: {name: tiny}
          spec: {source: file:/srv/tiny.img, sha256: %s, size: 64MiB}
          """
              .formatted(Digest.ofText("tiny").hex()),
          "kernels/uml.yaml",
          """
          apiVersion: fjord.dev/v1
          kind: Kernel
          metadata: {name: uml}
          spec: {source: file:/usr/bin/linux.uml, sha256: %s}
          """
              .formatted(Digest.ofText("uml").hex()),
          "switches/lan.yaml",
          """
          apiVersion: fjord.dev/v1
          kind: Switch
          metadata: {name: lan}
          spec: {driver: bridge, subnet: 10.0.0.0/16, gateway: 10.0.0.1}
          """);

  static GeneratedSite of(int instances) {
    var contents = new TreeMap<>(SHARED);
    for (var i = 0; i < instances; i++) {
      var name = "p%04d".formatted(i);
      contents.put("partners/" + name + ".yaml", partner(name));
      contents.put("partners/" + name + "/" + name + ".yaml", instance(name, "128MiB"));
    }
    return new GeneratedSite(contents);
  }

  /** The same with one instance of another size, as a commit would leave it. */
  GeneratedSite afterOneCommit() {
    var next = new TreeMap<>(contents);
    next.put("partners/p0000/p0000.yaml", instance("p0000", "64MiB"));
    return new GeneratedSite(next);
  }

  private static String partner(String name) {
    return """
    apiVersion: fjord.dev/v1
    kind: Partner
    metadata: {name: %s}
    spec:
      quota: {instances: 1, memory: 128MiB, disk: 4GiB, addresses: 1}
    """
        .formatted(name);
  }

  private static String instance(String name, String memory) {
    return """
    apiVersion: fjord.dev/v1
    kind: Instance
    metadata: {name: %s}
    spec:
      memory: %s
      volumes: [{name: storage, size: 1GiB, filesystem: ext4}]
      network: [{switch: lan}]
    """
        .formatted(name, memory);
  }

  @Override
  public String revision() {
    return "generated";
  }

  @Override
  public List<File> files() {
    return contents.entrySet().stream()
        .map(entry -> new File(entry.getKey(), Integer.toHexString(entry.getValue().hashCode())))
        .toList();
  }

  @Override
  public byte[] read(File file, int limit) {
    return Objects.requireNonNull(contents.get(file.path())).getBytes(UTF_8);
  }
}
