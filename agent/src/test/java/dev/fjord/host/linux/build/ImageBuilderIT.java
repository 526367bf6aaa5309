package dev.fjord.host.linux.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.disk.BuiltImages;
import dev.fjord.host.linux.disk.ContentCheck;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.disk.Stores;
import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.origin.web.FileServer;
import dev.fjord.host.linux.origin.web.Tls;
import dev.fjord.host.linux.origin.web.TransferLimits;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.host.linux.uml.SyscallFilter;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.HostBounds.Bound;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Layout;
import dev.fjord.model.Source;
import dev.fjord.model.StoredImage;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.net.ProxySelector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBuilderIT {
  private static final ByteSize SIZE = ByteSize.mib(32);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();
  private Layout layout = Samples.NOWHERE;
  private ImageStore store = new ImageStore(layout);
  private ImageBuilder builder =
      new ImageBuilder(layout, store, new BuiltImages(layout), Clock.systemUTC());

  @BeforeEach
  void open() {
    AptMirror.assumeThatBuildsRunHere();
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    store = new ImageStore(layout);
    builder = new ImageBuilder(layout, store, new BuiltImages(layout), InstantSource.fixed(NOW));
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @Test
  void an_archive_becomes_a_file_system_with_its_owners_modes_and_links() throws Exception {
    var files = tree();
    Files.writeString(files.resolve("etc/shadow"), "root:*:\n");
    run("chown", "0:42", files.resolve("etc/shadow"));
    run("chmod", "0640", files.resolve("etc/shadow"));
    Files.writeString(files.resolve("bin/su"), "su");
    run("chmod", "4755", files.resolve("bin/su"));
    Files.createSymbolicLink(files.resolve("etc/passwd-link"), Path.of("/etc/passwd"));
    run("setcap", "cap_net_raw+ep", files.resolve("bin/su"));
    run("mknod", files.resolve("dev/null"), "c", "1", "3");
    var image = archived(files, SIZE);

    builder.store(image, said::add);

    assertThat(debugfs(image, "stat /etc/shadow")).contains("Mode:  0640", "Group:    42");
    assertThat(debugfs(image, "stat /bin/su")).contains("Mode:  04755", "User:     0");
    assertThat(debugfs(image, "ea_list /bin/su")).contains("security.capability");
    assertThat(debugfs(image, "stat /etc/passwd-link")).contains("Fast link dest: \"/etc/passwd\"");
    assertThat(debugfs(image, "ls /dev")).doesNotContain("null");
    assertThat(Command.of("e2fsck", "-f", "-n", place(image).toString()).run().exit()).isZero();
    var stored = store.observe();
    assertThat(stored.problems()).isEmpty();
    assertThat(stored.value()).hasSize(1);
    var built = stored.value().get(0).built();
    assertThat(built.sha256()).isEqualTo(digest(place(image)));
    assertThat(built.at()).isEqualTo(NOW);
    assertThat(stored.value())
        .containsExactly(new StoredImage(image.name(), image.version(), SIZE, built, Upkeep.WHOLE));
    assertThat(said).contains("image built: built, sha256 " + built.sha256());
    assertThat(rooms()).isEmpty();
  }

  @Test
  void an_archive_comes_by_https_and_a_broken_download_is_gone_on_with() throws Exception {
    var tls = Tls.make(folder);
    try (var server = new FileServer(tls.context())) {
      var archive = source(archived(tree(), SIZE));
      run("xz", "-k", archive);
      server.content = Files.readAllBytes(Path.of(archive + ".xz"));
      server.cutAfter = 100;
      server.cuts.set(1);
      var uri = server.uri("/rootfs.tar.xz");
      var image =
          new Image(
              Samples.name("built"),
              new ImageOrigin.Tarball(new Source.HttpsSource(uri), digest(archive)),
              SIZE);
      var web = new Web(tls.context(), ProxySelector.of(null), TransferLimits.USUAL);
      new ImageBuilder(layout, store, new BuiltImages(layout, web), InstantSource.fixed(NOW))
          .store(image, said::add);
      assertThat(server.cuts.get()).as("a download was cut, and gone on with").isZero();
      assertThat(debugfs(image, "cat /etc/passwd")).startsWith("root:x:0:0");
      assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
      assertThat(layout.images().resolve("built").toFile().list())
          .as("nothing of the download stays")
          .noneMatch(name -> name.startsWith(".fjord-unfinished-"));
    }
  }

  @Test
  void what_was_built_is_not_built_again() throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    Files.delete(source(image));
    said.clear();
    builder.store(image, said::add);
    assertThat(said).isEmpty();
  }

  @Test
  void a_touched_one_is_mended_by_the_digest_that_it_got() throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    run("chattr", "-f", "-i", place(image));
    run("touch", place(image));
    assertThat(upkeep().content()).isEqualTo(Upkeep.Content.TOUCHED);
    Files.delete(source(image));
    builder.store(image, said::add);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void a_changed_one_is_an_alarm_until_a_copy_of_it_is_put_back() throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    var copy = Files.copy(place(image), folder.resolve("copy"));
    run("chattr", "-f", "-i", place(image));
    run("dd", "if=/dev/urandom", "of=" + place(image), "bs=1", "count=9", "conv=notrunc");
    var problem = refused(image);
    assertThat(problem.code()).isEqualTo("image-changed");
    assertThat(problem.detail())
        .contains("sha256 found:  " + digest(place(image)))
        .contains("sha256 built:  " + digest(copy));
    assertThat(problem.hint()).contains("Put a copy of the file back").doesNotContain("repair'");
    assertThat(new ContentCheck(layout).check(version(image)).content())
        .isEqualTo(Upkeep.Content.CHANGED);
    assertThatThrownBy(() -> stores().askForRepair(version(image)))
        .hasMessageEndingWith("was built here: no source has its bytes");

    Files.copy(copy, place(image), StandardCopyOption.REPLACE_EXISTING);
    stores().mend(version(image), List.of(), said::add);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
    assertThat(new ContentCheck(layout).check(version(image))).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void one_whose_record_is_lost_or_damaged_is_an_alarm() throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    var record = layout.imageContent(image.name(), image.version());
    Files.writeString(record, "{");
    assertThat(upkeep().content()).isEqualTo(Upkeep.Content.CHANGED);
    assertThat(upkeep().found()).contains(record.toString());
    Files.delete(record);
    assertThat(upkeep().content()).isEqualTo(Upkeep.Content.CHANGED);
    assertThat(refused(image).code()).isEqualTo("image-lost");
    assertThat(place(image)).exists();
  }

  @Test
  void one_that_left_the_store_unused_is_built_anew_wherever_its_removal_was_ended()
      throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    stores().noteUnused(Set.of(version(image)));
    stores().remove(version(image));
    assertThat(layout.images().resolve("built")).isEmptyDirectory();
    builder.store(image, said::add);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);

    stores().noteUnused(Set.of(version(image)));
    run("chattr", "-f", "-i", place(image));
    Files.delete(place(image));
    builder.store(image, said::add);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
    assertThat(digest(place(image))).isEqualTo(store.observe().value().get(0).built().sha256());
  }

  @Test
  void one_that_is_lost_is_never_built_again_under_the_same_version() throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    run("chattr", "-f", "-i", place(image));
    Files.delete(place(image));
    var problem = refused(image);
    assertThat(problem.code()).isEqualTo("image-lost");
    assertThat(problem.summary())
        .isEqualTo("image built was built once, and that build is lost: " + place(image));
    assertThat(problem.detail()).contains("would have other bytes");
    assertThat(problem.hint())
        .contains(layout.imageContent(image.name(), image.version()).toString());
    assertThat(place(image)).doesNotExist();
  }

  @Test
  void a_run_that_was_killed_before_the_last_rename_is_gone_on_with() throws Exception {
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    run("chattr", "-f", "-i", place(image));
    var unfinished = place(image).resolveSibling(".fjord-unfinished-" + place(image).getFileName());
    Files.move(place(image), unfinished);
    builder.store(archived("other", tree(), SIZE), said::add);
    Files.delete(source(image));
    said.clear();
    builder.store(image, said::add);
    assertThat(said).allMatch(line -> line.startsWith("image built: stored"));
    assertThat(place(image)).exists();
    assertThat(store.observe().value()).hasSize(2);
  }

  @Test
  void what_a_killed_build_left_is_cleared_away() throws Exception {
    var left = layout.builds().resolve("image/root/etc");
    Files.createDirectories(left);
    Files.writeString(left.resolve("shadow"), "left over");
    var image = archived(tree(), SIZE);
    builder.store(image, said::add);
    assertThat(debugfs(image, "ls /etc")).doesNotContain("shadow");
    assertThat(rooms()).isEmpty();
  }

  @Test
  void an_archive_writes_nowhere_else() throws Exception {
    var outside = Files.createDirectory(folder.resolve("outside"));
    var archive = folder.resolve("hostile.tar");
    var evil = Files.writeString(folder.resolve("evil"), "evil");
    run("tar", "-P", "-cf", archive, "-C", tree(), ".");
    run("tar", "-P", "-rf", archive, "--transform=s,^.*/evil$," + outside + "/absolute,", evil);
    run("tar", "-P", "-rf", archive, "--transform=s,^.*/evil$,../../up,", evil);
    Files.createSymbolicLink(folder.resolve("way-out"), outside);
    run("tar", "-P", "-rf", archive, "-C", folder, "way-out");
    run("tar", "-P", "-rf", archive, "--transform=s,^.*/evil$,way-out/through,", evil);
    var image = tarball(archive, SIZE);
    try {
      builder.store(image, said::add);
    } catch (ProblemException refusedByTar) {
      assertThat(refusedByTar.problem().code()).isEqualTo("build-failed");
    }
    assertThat(outside).isEmptyDirectory();
    assertThat(folder.resolve("state/up")).doesNotExist();
    assertThat(rooms()).isEmpty();
  }

  @Test
  void another_digest_is_refused_before_anything_reads_the_archive() throws Exception {
    var good = archived(tree(), SIZE);
    var other =
        new Image(
            good.name(),
            new ImageOrigin.Tarball(new Source.FileSource(source(good)), Digest.ofText("other")),
            SIZE);
    assertThat(refused(other).code()).isEqualTo("digest-mismatch");
    assertThat(said).noneMatch(line -> line.contains("unpacking"));
    assertThat(store.observe().value()).isEmpty();
    assertThat(layout.images().resolve("built")).isEmptyDirectory();
  }

  @Test
  void what_does_not_fit_says_so_and_leaves_nothing() throws Exception {
    var files = tree();
    for (int i = 0; i < 20_000; i++) {
      Files.writeString(files.resolve("etc/" + i), "");
    }
    var problem = refused(archived(files, SIZE));
    assertThat(problem.summary())
        .isEqualTo("making the file system of image built failed: mkfs.ext4 ended with an error");
    assertThat(problem.detail()).contains("Could not allocate inode");
    assertThat(problem.hint()).contains("raise spec.size");
    assertThat(store.observe().value()).isEmpty();
    assertThat(layout.images().resolve("built")).isEmptyDirectory();
    assertThat(rooms()).isEmpty();
  }

  @Test
  void a_suite_is_built_with_its_script_and_reaches_nothing_of_the_host() throws Exception {
    var mirror = AptMirror.assumed();
    var hostFile = Files.writeString(folder.resolve("host-file"), "the host's");
    var script =
        """
        #!/bin/sh
        set -eu
        test "$(id -u)" = 0
        test -x /usr/bin/dpkg
        ! test -e %s
        ! mknod /tmp/device c 1 5
        ! mount -t tmpfs none /home/nowhere
        ! sh -c 'echo 1 >/proc/sys/kernel/panic' 2>/dev/null
        cat /proc/1/comm >/etc/built-by
        echo "$(hostname)" >/dev/null
        """
            .formatted(hostFile);
    var image = debian(mirror, script);

    builder.store(image, said::add);

    assertThat(debugfs(image, "cat /etc/built-by")).isEqualTo("bwrap");
    assertThat(debugfs(image, "stat /etc/shadow")).contains("Mode:  0640", "Group:    42");
    assertThat(debugfs(image, "ls /")).doesNotContain("post-install");
    assertThat(Command.of("e2fsck", "-f", "-n", place(image).toString()).run().exit()).isZero();
    assertThat(rooms()).isEmpty();
    assertThat(said.get(0)).startsWith("image built: mmdebstrap fetches and unpacks trixie from");
  }

  /** What a maintainer script tries that is hostile: root in a user namespace may ask for a lot. */
  @Test
  void a_build_asks_the_host_for_nothing_that_no_build_needs() throws Exception {
    var calls =
        "ptrace=101 keyctl=250 add_key=248 userfaultfd=323 io_uring_setup=425 perf_event_open=298"
            + " bpf=321 setns=308 process_vm_readv=310 kcmp=312 name_to_handle_at=303";
    var script =
        """
        use strict;
        for my $call (split / /, '%s') {
          my ($name, $number) = split /=/, $call;
          $! = 0;
          syscall($number, 0, 0, 0, 0, 0);
          print $! == 38 ? "shut $name\n" : "open $name\n";
        }
        use Socket;
        for my $family (17, 38, 40) {
          print socket(my $socket, $family, SOCK_DGRAM, 0) || $! != 97 ? "open" : "shut", " $family\n";
        }
        """
            .formatted(calls);
    try (var room = BuildRoom.enter(layout, BuildRoom.Use.IMAGE)) {
      var program = List.of("perl", "-e", script);
      var confinement = new BuildConfinement(room, ByteSize.mib(64));
      var stage = new BuildStage("asking", Duration.ofMinutes(10), "");
      assertThat(stage.run(confinement, program).lines())
          .hasSize(14)
          .allMatch(line -> line.startsWith("shut "));
      // The defence is off: a program for seccomp(2) that allows everything.
      var allow = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
      allow.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff0000);
      Files.write(SyscallFilter.BUILD.file(layout), allow.array());
      assertThat(stage.run(confinement, program).lines().filter(line -> line.startsWith("open ")))
          .as("what is open without it")
          .hasSizeGreaterThan(8);
    }
  }

  @Test
  void a_build_is_in_a_group_of_its_own() throws Exception {
    var groups = new MachineGroups(layout);
    assumeTrue(groups.real().real().contains(Bound.MEMORY), "the host bounds no memory");
    try (var room = BuildRoom.enter(layout, BuildRoom.Use.IMAGE)) {
      var confinement = new BuildConfinement(room, ByteSize.mib(64));
      var stage = new BuildStage("filling memory", Duration.ofMinutes(10), "");
      var much =
          List.of("dd", "if=/dev/zero", "of=/dev/null", "bs=3500M", "count=1", "iflag=fullblock");
      assumeTrue(Command.of(much).run().exit() == 0, "the host itself has too little memory");
      assertThat(catchThrowableOfType(ProblemException.class, () -> stage.run(confinement, much)))
          .hasMessageContaining("dd ended with an error");
    }
  }

  @Test
  void a_failing_build_shows_its_last_lines() throws Exception {
    var mirror = AptMirror.assumed();
    var image =
        new Image(
            Samples.name("built"),
            new ImageOrigin.Debootstrap("no-such-suite", mirror, List.of("main"), List.of(), null),
            ByteSize.gib(1));
    var problem = refused(image);
    assertThat(problem.code()).isEqualTo("build-failed");
    assertThat(problem.summary()).startsWith("building image built failed: mmdebstrap ended with ");
    assertThat(problem.detail()).contains("no-such-suite");
    assertThat(problem.hint()).contains("is the mirror reachable");
    assertThat(rooms()).isEmpty();
  }

  static Image debian(String mirror, String script) {
    return new Image(
        Samples.name("built"),
        new ImageOrigin.Debootstrap(AptMirror.SUITE, mirror, List.of("main"), List.of(), script),
        ByteSize.gib(1));
  }

  private Path tree() throws Exception {
    var files = folder.resolve("files");
    for (var made : List.of("etc", "bin", "dev", "proc", "sys")) {
      Files.createDirectories(files.resolve(made));
    }
    Files.writeString(files.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
    return files;
  }

  private Image archived(Path files, ByteSize size) {
    return archived("built", files, size);
  }

  private Image archived(String name, Path files, ByteSize size) {
    var archive = folder.resolve(name + ".tar");
    run("tar", "--xattrs", "--xattrs-include=*", "-cf", archive, "-C", files, ".");
    return tarball(name, archive, size);
  }

  private static Image tarball(Path archive, ByteSize size) {
    return tarball("built", archive, size);
  }

  private static Image tarball(String name, Path archive, ByteSize size) {
    return new Image(
        Samples.name(name),
        new ImageOrigin.Tarball(new Source.FileSource(archive), digest(archive)),
        size);
  }

  private static Path source(Image image) {
    return ((Source.FileSource) ((ImageOrigin.Tarball) image.origin()).source()).path();
  }

  private Stores stores() {
    return new Stores(layout, InstantSource.fixed(NOW));
  }

  private Upkeep upkeep() {
    return store.observe().value().get(0).upkeep();
  }

  private static Version version(Image image) {
    return new Version(Kind.IMAGE, image.name(), image.version());
  }

  private Path place(Image image) {
    return layout.image(image.name(), image.version());
  }

  private Problem refused(Image image) {
    return catchThrowableOfType(ProblemException.class, () -> builder.store(image, said::add))
        .problem();
  }

  private String debugfs(Image image, String question) {
    return Command.of("debugfs", "-R", question, place(image).toString()).output().strip();
  }

  private String[] rooms() {
    return Objects.requireNonNullElse(
        layout.builds().resolve("image").toFile().list(), new String[0]);
  }

  private static Digest digest(Path file) {
    return new Digest(Command.of("sha256sum", file.toString()).output().substring(0, 64));
  }

  private static void run(Object... words) {
    Command.of(Arrays.stream(words).map(Object::toString).toList()).output();
  }
}
