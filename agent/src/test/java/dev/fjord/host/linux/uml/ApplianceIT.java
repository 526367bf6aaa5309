package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.uml.Appliance.Roots;
import dev.fjord.host.linux.uml.Appliance.Worker;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.RebaseReport.Conflict;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kernel grows real file systems, and carries real roots over. */
class ApplianceIT {
  private static final Worker WORKER =
      new Worker(RealKernel.NAME, RealKernel.DIGEST, RealKernel.UID);

  @TempDir Path folder;

  private Appliance appliance;
  private Layout layout;
  private Path first;
  private Path second;
  private Path changed;

  @BeforeEach
  void a_kernel_and_two_versions_of_an_image() throws Exception {
    RealKernel.assumeThatInstancesRunHere();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    layout = new Layout(folder.resolve("state"), folder.resolve("run"));
    RealKernel.store(layout);
    var trial = new KernelTrial(layout, RealKernel.UID);
    appliance = new Appliance(layout, trial);
    first =
        Ext4.image(
            folder.resolve("first.img"),
            tree("first", "etc/same", "etc/mine", "etc/both", "etc/gone", "opt/left/over"),
            "32M");
    second =
        Ext4.image(
            folder.resolve("second.img"),
            tree("second", "etc/same", "etc/mine=etc/mine", "etc/both", "etc/gone=etc/gone"),
            "32M");
    changed = Ext4.copy(first, folder.resolve("changed.img"));
  }

  /** Files whose content is their path and the tree's name; after a {@code =}, as it says. */
  private Path tree(String name, String... files) throws Exception {
    var tree = Files.createDirectories(folder.resolve(name));
    for (String file : files) {
      var parts = file.split("=", -1);
      var place = tree.resolve(parts[0]);
      Files.createDirectories(place.getParent());
      var own = Arrays.asList("etc/both", "etc/same").contains(parts[0]);
      Files.writeString(place, parts[parts.length - 1] + (own ? " of the " + name : ""));
    }
    return tree;
  }

  private Path file(String content) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "content", ""), content);
  }

  private void replace(String path, String content) throws Exception {
    Ext4.change(changed, "rm " + path, "write " + file(content) + " " + path);
  }

  private Roots roots() throws Exception {
    var roots =
        new Roots(
            first,
            Ext4.cow(folder.resolve("old.cow"), first, changed),
            second,
            Ext4.cow(folder.resolve("new.cow"), second));
    for (Path cow : new Path[] {roots.oldRoot(), roots.newRoot()}) {
      Files.setAttribute(cow, "unix:uid", RealKernel.UID);
    }
    return roots;
  }

  @Test
  void what_the_partner_changed_is_kept_and_the_rest_is_as_the_new_version_has_it()
      throws Exception {
    replace("/etc/mine", "changed by the partner");
    replace("/etc/both", "changed by both");
    Ext4.change(
        changed,
        "rm /etc/gone",
        "mkdir /home",
        "mkdir /home/linda",
        "write " + file("a note") + " /home/linda/note",
        "symlink /home/linda/link /etc/same",
        "cd /home/linda",
        "mknod null c 1 3",
        "cd /",
        "set_inode_field /home/linda/note mode 0104755",
        "set_inode_field /home/linda/note uid 1234",
        "ea_set /home/linda/note user.colour blue",
        "write " + file("beside what is gone") + " /opt/left/mine");
    var roots = roots();
    var dry = appliance.compare(WORKER, roots);
    assertThat(Ext4.merged(roots.newRoot(), folder.resolve("untouched.img")))
        .hasSameBinaryContentAs(second);

    roots = roots();
    var report = appliance.rebase(WORKER, roots);

    assertThat(report).isEqualTo(dry);
    assertThat(report.listed()).containsExactly(new Conflict(Conflict.Kind.CHANGED, "/etc/both"));
    assertThat(report.kept().files()).as("mine, home, linda, note, link, null, mine").isEqualTo(7);
    assertThat(report.removed().files()).isEqualTo(1);
    assertThat(report.taken().files()).as("same, and over is gone").isEqualTo(2);
    var now = Ext4.merged(roots.newRoot(), folder.resolve("now.img"));
    assertThat(Ext4.check(now)).isEmpty();
    assertThat(Ext4.ask(now, "cat /etc/same")).isEqualTo("etc/same of the second");
    assertThat(Ext4.ask(now, "cat /etc/mine")).isEqualTo("changed by the partner");
    assertThat(Ext4.ask(now, "cat /etc/both")).isEqualTo("changed by both");
    assertThat(Ext4.ask(now, "ls -p /etc")).doesNotContain("/gone/");
    assertThat(Ext4.ask(now, "cat /home/linda/note")).isEqualTo("a note");
    assertThat(Ext4.ask(now, "stat /home/linda/note"))
        .contains("Mode:  04755", "User:  1234", "user.colour", "blue");
    assertThat(Ext4.ask(now, "stat /home/linda/link")).contains("/etc/same");
    assertThat(Ext4.ask(now, "stat /home/linda/null")).contains("01:03");
    assertThat(Ext4.ask(now, "ls -p /opt/left")).contains("/mine/").doesNotContain("/over/");
  }

  @Test
  void a_folder_that_became_a_link_is_a_conflict_when_the_new_version_changed_what_is_in_it()
      throws Exception {
    first = Ext4.image(folder.resolve("one.img"), tree("one", "lib/a", "usr/a"), "32M");
    second = Ext4.image(folder.resolve("two.img"), tree("two", "lib/a=newer", "usr/a"), "32M");
    changed = Ext4.copy(first, folder.resolve("changed.img"));
    Ext4.change(
        changed,
        "rm /lib/a",
        "rmdir /lib",
        "symlink /lib elsewhere",
        "rm /usr/a",
        "rmdir /usr",
        "symlink /usr elsewhere");
    var roots = roots();
    var report = appliance.rebase(WORKER, roots);
    assertThat(report.listed())
        .as("%s", report)
        .containsExactly(new Conflict(Conflict.Kind.CHANGED, "/lib"));
    assertThat(report.kept().files()).as("usr").isEqualTo(1);
    var now = Ext4.merged(roots.newRoot(), folder.resolve("now.img"));
    assertThat(Ext4.check(now)).isEmpty();
    assertThat(Ext4.ask(now, "stat /lib")).contains("elsewhere");
  }

  @Test
  void links_of_one_inode_stay_so_and_holes_stay_holes() throws Exception {
    Ext4.change(
        changed,
        "mkdir /srv",
        "write " + file("one inode") + " /srv/one",
        "ln /srv/one /srv/two",
        "set_inode_field /srv/one links_count 2",
        "set_inode_field /srv/one flags 0x80010",
        "write " + file("") + " /srv/hole",
        "set_inode_field /srv/hole size 1000000000000");
    var roots = roots();
    appliance.rebase(WORKER, roots);
    var now = Ext4.merged(roots.newRoot(), folder.resolve("now.img"));
    assertThat(Ext4.check(now)).isEmpty();
    assertThat(Ext4.ask(now, "stat /srv/one")).contains("Links: 2", "Flags: 0x80010");
    assertThat(Ext4.ask(now, "cat /srv/two")).isEqualTo("one inode");
    assertThat(Ext4.ask(now, "stat /srv/hole")).contains("Size: 1000000000000", "Blockcount: 0");
  }

  @Test
  void names_made_to_hurt_are_names() throws Exception {
    Ext4.change(
        changed,
        "mkdir /srv",
        "write " + file("x") + " \"/srv/fjord: done \u001b[31m $(reboot)\"",
        "write " + file("x") + " \"/srv/-rf\"",
        "rm /etc/both",
        "write " + file("y") + " /etc/both");
    var roots = roots();
    var report = appliance.rebase(WORKER, roots);
    assertThat(report.kept().files()).isEqualTo(3);
    var now = Ext4.merged(roots.newRoot(), folder.resolve("now.img"));
    assertThat(Ext4.ask(now, "ls -p /srv")).contains("fjord: done", "/-rf/");
    assertThat(Ext4.check(now)).isEmpty();
  }

  @Test
  void a_folder_that_holds_itself_ends_the_walk_and_the_report_says_where() throws Exception {
    Ext4.change(changed, "mkdir /srv", "mkdir /srv/a", "ln /srv /srv/a/loop");
    var roots = roots();
    assertThatThrownBy(() -> appliance.rebase(WORKER, roots))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("workshop-failed");
              assertThat(e.problem().detail()).contains("/srv/a/loop").contains("errno");
            });
  }

  @Test
  void what_does_not_fit_fails_and_says_so() throws Exception {
    second = Ext4.image(folder.resolve("small.img"), tree("second", "etc/same"), "2M");
    Command.of("truncate", "-s", "8M", folder.resolve("large").toString()).output();
    Command.of("dd", "if=/dev/urandom", "of=" + folder.resolve("large"), "bs=1M", "count=8")
        .output();
    Ext4.change(changed, "write " + folder.resolve("large") + " /large");
    var roots = roots();
    assertThatThrownBy(() -> appliance.rebase(WORKER, roots))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problem().detail())
                    .contains("could not write /large: no space is left on the new root"));
  }

  @Test
  void no_file_system_is_no_root() throws Exception {
    Files.write(changed, new byte[32 << 20]);
    var roots = roots();
    assertThatThrownBy(() -> appliance.compare(WORKER, roots))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problem().detail())
                    .isEqualTo("could not mount: no ext4 file system is there (errno 22)"));
  }

  @Test
  void a_file_system_grows_to_the_size_of_its_disk_and_keeps_its_bytes() throws Exception {
    var disk = Ext4.image(folder.resolve("volume.img"), tree("volume", "note"), "16M");
    Files.setAttribute(disk, "unix:uid", RealKernel.UID);
    Command.of("truncate", "-s", "96M", disk.toString()).output();
    for (int turn = 0; turn < 2; turn++) {
      appliance.grow(WORKER, disk, null);
      assertThat(Ext4.check(disk)).isEmpty();
      assertThat(Ext4.ask(disk, "stats")).containsPattern("Block count: +(24576|98304)");
      assertThat(Ext4.ask(disk, "cat /note")).isEqualTo("note");
    }
  }

  @Test
  void a_kernel_that_never_ends_is_ended() throws Exception {
    var slow = new ResourceName("slow");
    RealKernel.storeScript(
        layout,
        slow,
        "case \"$*\" in *job=*) exec sleep 600;; *) echo exitcode=0x00000000;; esac\n");
    var trial = new KernelTrial(layout, RealKernel.UID);
    var hasty = new Appliance(layout, trial, Duration.ofSeconds(2));
    var worker = new Worker(slow, RealKernel.DIGEST, RealKernel.UID);
    var disk = Ext4.image(folder.resolve("volume.img"), tree("volume", "note"), "16M");
    assertThatThrownBy(() -> hasty.grow(worker, disk, null))
        .hasMessageContaining("did not end within");
    assertThat(groups()).as("what is left of its control group").isEmpty();
  }

  @Test
  void a_kernel_with_one_job_is_in_a_control_group_of_its_own() throws Exception {
    assumeTrue(!new MachineGroups(layout).real().real().isEmpty(), "the host bounds nothing");
    var held = new ResourceName("held");
    // It ends when somebody writes into the disk that it was given.
    RealKernel.storeScript(
        layout,
        held,
        """
        case "$*" in *job=*) ;; *) echo exitcode=0x00000000; exit;; esac
        for word; do case $word in ubd1d=*) disk=${word#ubd1d=};; esac; done
        echo begun >$disk
        until grep -q seen $disk; do sleep 0.1; done
        echo 'fjord: done'
        """);
    var worker = new Worker(held, RealKernel.DIGEST, RealKernel.UID);
    var disk = Files.writeString(folder.resolve("told"), "");
    Files.setAttribute(disk, "unix:uid", RealKernel.UID);
    var work = CompletableFuture.runAsync(() -> appliance.grow(worker, disk, null));
    try {
      Polling.until(
          Duration.ofMinutes(2),
          () -> work.isDone() || !groups().isEmpty() && disk.toFile().length() > 0);
      assertThat(groups()).isNotEmpty();
      for (Path group : groups()) {
        assertThat(Files.readAllLines(group.resolve("cgroup.procs")))
            .as("the kernel's own process is in %s", group)
            .anyMatch(pid -> Proc.uid(Proc.status(Long.parseLong(pid))) == RealKernel.UID);
      }
    } finally {
      Files.writeString(disk, "seen");
      work.join();
    }
    assertThat(groups()).as("what is left of it").isEmpty();
  }

  private List<Path> groups() {
    var end = "." + Digest.ofText(layout.run().toString()).hex().substring(0, 8);
    return Stream.of("memory/fjord", "pids/fjord", "cpu/fjord", "fjord")
        .map(tree -> Path.of("/sys/fs/cgroup", tree).toFile().listFiles())
        .filter(Objects::nonNull)
        .flatMap(Stream::of)
        .filter(one -> one.getName().startsWith("_") && one.getName().endsWith(end))
        .map(File::toPath)
        .toList();
  }
}
