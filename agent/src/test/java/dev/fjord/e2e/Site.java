package dev.fjord.e2e;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The repository that describes a world: a bare one, and a clone to edit. */
final class Site {
  private final World world;
  private final Path clone;

  Site(World world) throws IOException {
    this.world = world;
    this.clone = world.folder.resolve("site");
    var bare = world.folder.resolve("site.git").toString();
    Command.of("git", "init", "-q", "--bare", "-b", "main", bare).output();
    Command.of("git", "init", "-q", "-b", "main", clone.toString()).output();
    git("remote", "add", "origin", bare);
    git("config", "user.name", "slart");
    git("config", "user.email", "slart@example.org");
  }

  /** Writes a file; a push makes it known. */
  Site write(String file, String content) throws IOException {
    var path = clone.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    return this;
  }

  Site write(Machine... machines) throws IOException {
    for (var machine : machines) {
      write(machine.file(), machine.yaml());
    }
    return this;
  }

  Site remove(String... files) {
    for (var file : files) {
      git("rm", "-q", "-r", "--force", file);
    }
    return this;
  }

  Site remove(Machine... machines) {
    for (var machine : machines) {
      remove(machine.file());
    }
    return this;
  }

  /** Commits everything and pushes it; further lines are the message's trailers. */
  String push(String message, String... trailers) {
    git("add", "-A");
    var words = new ArrayList<>(List.of("commit", "-q", "--allow-empty", "-m", message));
    if (trailers.length > 0) {
      words.addAll(List.of("-m", String.join("\n", trailers)));
    }
    git(words.toArray(String[]::new));
    git("push", "-q", "origin", "main");
    return git("rev-parse", "HEAD").strip();
  }

  /** The document of the host, with more lines. */
  String host(String more) {
    return document(
        "Host",
        "slart",
        "  memory: 4GiB\n  disk: 40GiB\n  uids: {first: %d, count: 100}\n".formatted(world.firstUid)
            + more);
  }

  /** As it is at the beginning: linda's machine and bob's. Whatever else is there may go. */
  void reset() throws IOException {
    Command.of("git", "-C", clone.toString(), "rm", "-q", "-r", "-f", "--ignore-unmatch", ".")
        .output();
    for (var document : common().entrySet()) {
      write(document.getKey(), document.getValue());
    }
    write(Machine.LINDA, Machine.BOB);
    git("add", "-A");
    if (!git("status", "--porcelain").isBlank()) {
      push("As it was at the beginning", "Fjord-Allow-Deletes: 99");
    }
  }

  String git(String... words) {
    var all = new ArrayList<>(List.of("git", "-C", clone.toString()));
    all.addAll(List.of(words));
    return Command.of(all).output();
  }

  static String digest(Path file) {
    return Command.of("sha256sum", file.toString()).output().substring(0, 64);
  }

  /** What everybody's machines stand on. */
  private Map<String, String> common() throws IOException {
    var documents = new TreeMap<String, String>();
    documents.put(
        "fjord.yaml",
        document(
            "Site",
            "slart",
            """
              deletionBudget: 1
              defaults: {image: tiny, kernel: uml, memory: 64MiB}
            """));
    documents.put("hosts/slart.yaml", host(""));
    documents.put("images/tiny.yaml", pinned("Image", "tiny", Ready.tinyImage(), "64MiB"));
    documents.put("kernels/uml.yaml", pinned("Kernel", "uml", Ready.KERNEL, ""));
    documents.put(
        "switches/lan.yaml",
        document(
            "Switch",
            "lan",
            """
              driver: bridge
              subnet: 192.0.2.0/27
              gateway: 192.0.2.1
              uplink: none
            """));
    for (var partner : List.of("linda", "bob")) {
      documents.put("partners/" + partner + ".yaml", partner(partner));
    }
    return documents;
  }

  String partner(String name) throws IOException {
    return document(
        "Partner",
        name,
        """
          keys: ["%s"]
          quota: {instances: 4, memory: 1GiB, disk: 1GiB, addresses: 4}
        """
            .formatted(world.publicKey(name)));
  }

  /** An Image or a Kernel that is a file of this machine. */
  static String pinned(String kind, String name, Path file, String size) {
    return document(
        kind,
        name,
        "  source: file:%s\n  sha256: %s\n".formatted(file, digest(file))
            + (size.isEmpty() ? "" : "  size: " + size + "\n"));
  }

  static String document(String kind, String name, String spec) {
    return "apiVersion: fjord.dev/v1\nkind: %s\nmetadata: {name: %s}\nspec:\n%s"
        .formatted(kind, name, spec);
  }
}
