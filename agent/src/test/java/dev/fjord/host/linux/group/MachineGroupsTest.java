package dev.fjord.host.linux.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.ByteSize;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Digest;
import dev.fjord.model.HostBounds;
import dev.fjord.model.HostBounds.Bound;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step.Bounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written where, in folders in the place of a kernel's; the real ones are
 * HostileKernelIT's.
 */
class MachineGroupsTest {
  private static final ResourceName LINDA = Samples.name("linda");
  private static final Bounds BOUNDS = new Bounds(ByteSize.mib(64), new CpuShare(200, 150));
  private static final long MEMORY = (64L + 32 + 192) << 20;

  @TempDir Path folder;

  @Test
  void bounds_a_machine_by_v2() throws Exception {
    var root = folder.resolve("unified");
    var group = made(root, "cpu.weight", "cpu.max", "memory.max", "memory.swap.max", "pids.max");
    Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
    Files.writeString(root.resolve("cgroup.subtree_control"), "memory\n");
    Files.writeString(root.resolve("fjord/cgroup.subtree_control"), "cpu memory pids\n");
    var groups = groups("cgroup2 " + root + " cgroup2 rw,relatime 0 0");
    Files.createFile(root.resolve("fjord/memory.stat"));
    assertThat(groups.real().words())
        .isEqualTo("memory, swap, slab, pids, cpu weight, cpu limit (control groups v2); not io");
    groups.hold(LINDA, BOUNDS, List.of(4711L));
    assertThat(group.resolve("cpu.weight")).hasContent("200");
    assertThat(group.resolve("cpu.max")).hasContent("150000 100000");
    assertThat(group.resolve("memory.max")).hasContent(MEMORY + "");
    assertThat(group.resolve("memory.swap.max")).hasContent(MEMORY + "");
    assertThat(group.resolve("pids.max")).hasContent("2112");
    assertThat(group.resolve("cgroup.procs")).hasContent("4711");
    assertThat(root.resolve("fjord/cgroup.subtree_control")).hasContent("cpu memory pids\n");
    groups.hold(LINDA, new Bounds(ByteSize.mib(64), CpuShare.USUAL), List.of());
    assertThat(group.resolve("cpu.max")).content().startsWith("max 100000");
  }

  @Test
  void bounds_a_machine_by_v1_where_v2_bounds_nothing() throws Exception {
    var cpu = made(folder.resolve("cpu"), "cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us");
    var memory = made(folder.resolve("memory"), "memory.limit_in_bytes");
    Files.createDirectories(folder.resolve("unified"));
    Files.writeString(folder.resolve("unified/cgroup.controllers"), "hugetlb\n");
    var groups =
        groups(
            "cgroup " + folder.resolve("cpu") + " cgroup rw,relatime,cpu,cpuacct 0 0",
            "cgroup " + folder.resolve("memory") + " cgroup rw,relatime,memory 0 0",
            "cgroup " + folder.resolve("cpuset") + " cgroup rw,relatime,cpuset 0 0",
            "cgroup2 " + folder.resolve("unified") + " cgroup2 rw,relatime 0 0");
    assertThat(groups.real().words())
        .isEqualTo("memory, cpu weight, cpu limit (control groups v1); not swap, slab, pids, io");
    groups.hold(LINDA, BOUNDS, List.of(4711L));
    assertThat(cpu.resolve("cpu.shares")).hasContent("2048");
    assertThat(cpu.resolve("cpu.cfs_quota_us")).hasContent("150000");
    assertThat(memory.resolve("memory.limit_in_bytes")).hasContent(MEMORY + "");
    assertThat(memory.resolve("cgroup.procs")).hasContent("4711");
  }

  @Test
  void says_of_bounds_that_a_kernel_was_built_without() throws Exception {
    var root = Files.createDirectories(folder.resolve("unified"));
    Files.writeString(root.resolve("cgroup.controllers"), "cpu memory pids\n");
    var groups = groups("cgroup2 " + root + " cgroup2 rw 0 0");
    assertThat(groups.real().missing()).as("no group is there yet").containsExactly(Bound.IO);
    Files.createDirectories(root.resolve("system.slice"));
    assertThat(groups.real().missing()).as("nor one with bounds").containsExactly(Bound.IO);
    for (var file : List.of("memory.max", "memory.stat", "pids.max", "cpu.weight")) {
      Files.createFile(root.resolve("system.slice").resolve(file));
    }
    assertThat(groups.real().missing()).containsExactly(Bound.SWAP, Bound.CPU_LIMIT, Bound.IO);
  }

  @Test
  void does_nothing_where_there_is_nothing() {
    var groups = groups("proc /proc proc rw 0 0", "x", "");
    assertThat(groups.real()).isEqualTo(HostBounds.NONE);
    assertThat(groups.real().words()).isEqualTo("none: the host has no control groups");
    groups.hold(LINDA, BOUNDS, List.of(1L));
    assertThat(groups.holds(LINDA, 1)).isTrue();
    groups.forget(LINDA);
  }

  @Test
  void what_the_host_refuses_is_told() throws Exception {
    var root = folder.resolve("unified");
    Files.createDirectories(root.resolve("fjord"));
    Files.writeString(root.resolve("cgroup.controllers"), "cpu memory pids\n");
    var groups = groups("cgroup2 " + root + " cgroup2 rw 0 0");
    assertThatThrownBy(() -> groups.hold(LINDA, BOUNDS, List.of()))
        .hasMessage("bounding what instance linda may take failed");
  }

  private MachineGroups groups(String... mounts) {
    return new MachineGroups(layout(), Hierarchy.of(List.of(mounts)));
  }

  private Layout layout() {
    return Layout.of(folder + "/s", folder + "/r");
  }

  private Path made(Path tree, String... files) throws IOException {
    var hash = Digest.ofText(layout().run().toString()).hex().substring(0, 8);
    var group = Files.createDirectories(tree.resolve("fjord/linda." + hash));
    Files.createFile(group.resolve("cgroup.procs"));
    for (var file : files) {
      Files.createFile(tree.resolve("fjord").resolve(file));
      Files.createFile(group.resolve(file));
    }
    return group;
  }
}
