package dev.fjord.host.linux.group;

import dev.fjord.file.KernelText;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where the host's control groups are mounted, by what they bound: each in a tree of its own
 * (cgroups v1), or all in one (v2). A controller that the host has in neither is missing.
 *
 * @param trees the mounted root for each
 * @param unified whether it is one tree (Documentation/admin-guide/cgroup-v2.rst)
 */
record Hierarchy(Map<Controller, Path> trees, boolean unified) {
  private static final int LIMIT = 1 << 20;
  private static final String CONTROLLERS = "cgroup.controllers";

  Hierarchy {
    trees = Map.copyOf(trees);
  }

  /** The hierarchy of this host, by its mounts; empty where there are none. */
  static Hierarchy ofHost() {
    try {
      return of(KernelText.read("/proc/self/mounts", LIMIT).lines().toList());
    } catch (IOException unreadable) {
      return new Hierarchy(Map.of(), false);
    }
  }

  /**
   * Of lines as in proc_pid_mounts(5). A host that has both has the one that bounds memory: v2's
   * tree is there without controllers then.
   */
  static Hierarchy of(List<String> mounts) {
    Map<Controller, Path> one = new EnumMap<>(Controller.class);
    Map<Controller, Path> each = new EnumMap<>(Controller.class);
    for (String mount : mounts) {
      String[] fields = mount.split(" ", -1);
      if (fields.length < 4) {
        continue;
      }
      Path place = Path.of(fields[1]);
      if (!Files.isWritable(place)) {
        continue; // As in many containers.
      }
      List<String> options = List.of(fields[3].split(",", -1));
      for (Controller controller : Controller.values()) {
        if (fields[2].equals("cgroup2") && said(place).contains(controller.word())) {
          one.put(controller, place);
        } else if (fields[2].equals("cgroup") && options.contains(controller.word())) {
          each.put(controller, place);
        }
      }
    }
    boolean unified = one.containsKey(Controller.MEMORY) || each.isEmpty();
    return new Hierarchy(unified ? one : each, unified);
  }

  /**
   * Whether groups of the host have such a file. The root has some files that no other group has,
   * and lacks others, so the file is looked for in the groups right below it, too; a host that has
   * no group there yet is taken to have what most hosts have.
   */
  boolean has(Controller controller, String file) {
    Path tree = trees.get(controller);
    if (tree == null) {
      return false;
    }
    if (Files.exists(tree.resolve(file))) {
      return true;
    }
    boolean seen = false;
    try (DirectoryStream<Path> groups = Files.newDirectoryStream(tree, Files::isDirectory)) {
      for (Path group : groups) {
        if (Files.exists(group.resolve(file))) {
          return true;
        }
        try (DirectoryStream<Path> own =
            Files.newDirectoryStream(group, controller.word() + ".*")) {
          seen |= own.iterator().hasNext();
        }
      }
    } catch (IOException | DirectoryIteratorException unreadable) {
      return false;
    }
    return !seen;
  }

  private static List<String> said(Path root) {
    try {
      return List.of(Files.readString(root.resolve(CONTROLLERS)).strip().split(" ", -1));
    } catch (IOException none) {
      return List.of();
    }
  }
}
