package dev.fjord.host.linux.watch;

import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.Uptimes;
import dev.fjord.model.ResourceName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether kernels write to their roots, asked seldom and all in turn. One whose host's disk is full
 * cannot: its ext4 aborts its journal, and does not write again until it is mounted anew. No
 * program of the guest is asked, but guest root may replace what its kernel reads: at worst its own
 * kernel waits there, and is taken for one that hangs. Not safe for use by many threads.
 */
final class RootProbe {
  /**
   * A root is asked once in this many checks; one that no longer writes at every check, and a new
   * one at once.
   */
  private static final int SELDOM = 12;

  private final Uptimes kernels;
  private final Map<ResourceName, Seen> seen = new HashMap<>();
  private int round;

  /**
   * What was found of a kernel's root.
   *
   * @param errors counted before it was asked first, as by an earlier boot
   */
  private record Seen(KernelProcess kernel, long errors, boolean writes) {}

  RootProbe(Uptimes kernels) {
    this.kernels = kernels;
  }

  /** Of those that were asked now, and have answered. */
  Map<ResourceName, Boolean> ask(Map<ResourceName, KernelProcess> answering) {
    round++;
    seen.keySet().retainAll(answering.keySet());
    Map<ResourceName, KernelProcess> due = new HashMap<>(answering);
    due.entrySet().removeIf(one -> !isDue(one.getKey(), one.getValue()));
    Map<ResourceName, Uptimes.Root> roots = kernels.roots(due);
    Map<ResourceName, KernelProcess> worse = new HashMap<>();
    roots.forEach((name, root) -> {
      Seen before = before(name, due);
      if (before != null && before.writes() && root.errors() > before.errors()) {
        worse.put(name, before.kernel());
      }
    });
    Map<ResourceName, Boolean> failed = kernels.failed(worse);
    Map<ResourceName, Boolean> writes = new HashMap<>();
    roots.forEach((name, root) -> {
      Seen before = before(name, due);
      boolean stays = before == null || before.writes() && !failed.getOrDefault(name, false);
      KernelProcess kernel = due.get(name);
      if (kernel != null) {
        long errors = before == null ? root.errors() : before.errors();
        seen.put(name, new Seen(kernel, errors, stays));
        writes.put(name, stays && root.writable());
      }
    });
    return writes;
  }

  private boolean isDue(ResourceName name, KernelProcess kernel) {
    Seen before = seen.get(name);
    return before == null
        || !before.kernel().equals(kernel)
        || !before.writes()
        || Math.floorMod(round + name.hashCode(), SELDOM) == 0;
  }

  private @Nullable Seen before(ResourceName name, Map<ResourceName, KernelProcess> due) {
    Seen before = seen.get(name);
    return before != null && before.kernel().equals(due.get(name)) ? before : null;
  }
}
