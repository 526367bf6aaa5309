package dev.fjord.host.linux.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.disk.ContentCheck;
import dev.fjord.host.linux.disk.KernelStore;
import dev.fjord.host.linux.disk.Stores;
import dev.fjord.host.linux.uml.KernelTrial;
import dev.fjord.model.Digest;
import dev.fjord.model.Kernel;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelInstallerIT {
  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();
  private Layout layout = Samples.NOWHERE;
  private KernelStore store = new KernelStore(layout);
  private KernelInstaller installer = new KernelInstaller(layout, store, Clock.systemUTC());

  @BeforeEach
  void open() {
    AptMirror.assumeThatBuildsRunHere();
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    store = new KernelStore(layout);
    installer = new KernelInstaller(layout, store, Clock.systemUTC());
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @Test
  void a_package_gives_its_binary_and_its_modules() throws Exception {
    var files = files();
    Files.createDirectories(files.resolve("usr/lib/uml/modules/6.1/kernel"));
    Files.writeString(files.resolve("usr/lib/uml/modules/6.1/kernel/a.ko"), "module");
    Files.createSymbolicLink(files.resolve("usr/lib/uml/modules/6.1/build"), Path.of("/etc"));
    var kernel = pinned(packed(files));

    installer.store(kernel, said::add);

    var place = layout.kernel(kernel.name(), kernel.sha256());
    assertThat(place).hasContent("a kernel");
    assertThat(Files.getAttribute(place, "unix:uid")).isEqualTo(0);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
        .isEqualTo("r-xr-xr-x");
    assertThat(layout.kernelContent(kernel.name(), kernel.sha256()))
        .content()
        .contains(Digest.ofText("a kernel").hex());
    var modules = layout.kernelModules(kernel.name(), kernel.sha256()).resolve("6.1");
    assertThat(modules.resolve("kernel/a.ko")).hasContent("module");
    assertThat(Files.getAttribute(modules.resolve("kernel/a.ko"), "unix:mode")).isEqualTo(0100644);
    assertThat(Files.getAttribute(modules, "unix:uid")).isEqualTo(0);
    assertThat(Files.isSymbolicLink(modules.resolve("build"))).isFalse();
    assertThat(store.observe().value())
        .containsExactly(ModelFixtures.storedKernel(kernel.name(), kernel.sha256(), null));
    assertThat(store.observe().problems()).isEmpty();
    assertThat(layout.builds().resolve("kernel")).isEmptyDirectory();

    run("chattr", "-f", "-i", place);
    run("touch", place);
    assertThat(upkeep().content()).isEqualTo(Upkeep.Content.TOUCHED);
    Files.delete(folder.resolve("kernel.deb"));
    said.clear();
    installer.store(kernel, said::add);
    assertThat(upkeep()).as("mended by its own digest").isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void a_changed_binary_is_an_alarm_and_comes_out_of_the_package_again_when_told()
      throws Exception {
    var kernel = pinned(packed(files()));
    installer.store(kernel, said::add);
    var place = layout.kernel(kernel.name(), kernel.sha256());
    var version = new Version(Kind.KERNEL, kernel.name(), kernel.sha256());
    run("chattr", "-f", "-i", place);
    Files.writeString(place, "b kernel");
    var found = new ContentCheck(layout).check(version);
    assertThat(found.content()).isEqualTo(Upkeep.Content.CHANGED);
    assertThat(found.found())
        .contains("sha256 found:  " + Digest.ofText("b kernel"))
        .contains("sha256 pinned: " + Digest.ofText("a kernel"));
    assertThat(refused(kernel).code()).isEqualTo("kernel-changed");
    assertThat(place).hasContent("b kernel");

    installer.replace(kernel, said::add);

    assertThat(place).hasContent("a kernel");
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void it_leaves_the_store_with_its_modules() throws Exception {
    var files = files();
    Files.createDirectories(files.resolve("usr/lib/uml/modules/6.1"));
    Files.writeString(files.resolve("usr/lib/uml/modules/6.1/a.ko"), "module");
    var kernel = pinned(packed(files));
    installer.store(kernel, said::add);
    var stores = new Stores(layout, Clock.systemUTC());
    stores.remove(new Version(Kind.KERNEL, kernel.name(), kernel.sha256()));
    assertThat(layout.kernels().resolve("uml")).isEmptyDirectory();
    assertThat(store.observe().value()).isEmpty();
    installer.store(kernel, said::add);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void a_binary_is_stored_as_it_is() throws Exception {
    var file = Files.writeString(folder.resolve("linux"), "a kernel");
    var kernel = pinned(file);
    installer.store(kernel, said::add);
    assertThat(layout.kernel(kernel.name(), kernel.sha256())).hasContent("a kernel");
    assertThat(layout.kernelContent(kernel.name(), kernel.sha256())).doesNotExist();
    assertThat(layout.kernelModules(kernel.name(), kernel.sha256())).doesNotExist();
  }

  @Test
  void a_package_without_a_kernel_says_so() throws Exception {
    var files = files();
    Files.move(files.resolve("usr/bin/linux.uml"), files.resolve("usr/bin/other"));
    var problem = refused(pinned(packed(files)));
    assertThat(problem.summary())
        .isEqualTo("the package of kernel uml holds no kernel: there is no file /usr/bin/linux*");
    assertThat(problem.hint()).contains("user-mode-linux");
    assertThat(store.observe().value()).isEmpty();
    assertThat(left()).isEmpty();
  }

  @Test
  void a_link_to_a_file_of_the_host_is_no_kernel() throws Exception {
    var files = files();
    Files.delete(files.resolve("usr/bin/linux.uml"));
    Files.createSymbolicLink(files.resolve("usr/bin/linux.uml"), Path.of("/etc/shadow"));
    assertThat(refused(pinned(packed(files))).code()).isEqualTo("no-kernel-package");
  }

  @Test
  void more_than_is_ever_unpacked_is_refused_before_it_is() throws Exception {
    var files = files();
    try (var huge = new java.io.RandomAccessFile(files.resolve("usr/huge").toFile(), "rw")) {
      huge.setLength((1L << 30) + 1);
    }
    var problem = refused(pinned(packed(files)));
    assertThat(problem.summary())
        .isEqualTo(
            "the package of kernel uml holds 5 files of 1,073,741,833 bytes together, and at most"
                + " 20,000 of 1GiB are unpacked");
  }

  @Test
  void a_damaged_package_shows_what_dpkg_says() throws Exception {
    var file = folder.resolve("kernel.deb");
    Files.writeString(file, "!<arch>\ndebian-binary and no more");
    var problem = refused(pinned(file));
    assertThat(problem.code()).isEqualTo("build-failed");
    assertThat(problem.summary())
        .startsWith("unpacking the package of kernel uml failed: dpkg-deb ended with ");
    assertThat(problem.detail()).contains("dpkg-deb: error");
  }

  @Test
  void another_digest_is_refused_before_anything_reads_the_package() throws Exception {
    var file = packed(files());
    var other =
        ModelFixtures.kernel(Samples.name("uml"), new Source.FileSource(file), Digest.ofText("no"));
    assertThat(refused(other).code()).isEqualTo("digest-mismatch");
    assertThat(said).noneMatch(line -> line.contains("unpacking"));
  }

  @Test
  void debians_own_package_boots() throws Exception {
    AptMirror.assumed();
    var download = Files.createDirectory(folder.resolve("download"));
    var apt =
        Command.of("env", "-C", download.toString(), "apt-get", "download", "user-mode-linux");
    var answer = apt.timeout(java.time.Duration.ofMinutes(5)).run();
    assumeTrue(answer.exit() == 0, "apt has no user-mode-linux: " + answer.error());
    try (var found = Files.list(download)) {
      var kernel = pinned(found.findFirst().orElseThrow());
      installer.store(kernel, said::add);
      run("chmod", "0755", folder);
      var trial = new KernelTrial(layout, 65534).of(kernel.name(), kernel.sha256());
      assertThat(trial.usable()).as(trial.message()).isTrue();
      assertThat(layout.kernelModules(kernel.name(), kernel.sha256())).isNotEmptyDirectory();
    }
  }

  private Upkeep upkeep() {
    return store.observe().value().get(0).upkeep();
  }

  private List<Path> left() throws Exception {
    try (var all = Files.walk(layout.kernels())) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private Path files() throws Exception {
    var files = folder.resolve("files");
    Files.createDirectories(files.resolve("usr/bin"));
    Files.createDirectories(files.resolve("DEBIAN"));
    Files.writeString(files.resolve("usr/bin/linux.uml"), "a kernel");
    Files.writeString(
        files.resolve("DEBIAN/control"),
        """
        Package: a-kernel
        Version: 1
        Architecture: amd64
        Maintainer: nobody <nobody@example.org>
        Description: a kernel
        """);
    return files;
  }

  private Path packed(Path files) {
    var file = folder.resolve("kernel.deb");
    // The quickest: one of these tests packs a gibibyte.
    run("dpkg-deb", "-Zgzip", "-z1", "--build", files, file);
    return file;
  }

  private static Kernel pinned(Path file) {
    return ModelFixtures.kernel(
        Samples.name("uml"),
        new Source.FileSource(file),
        new Digest(Command.of("sha256sum", file.toString()).output().substring(0, 64)));
  }

  private Problem refused(Kernel kernel) {
    return catchThrowableOfType(ProblemException.class, () -> installer.store(kernel, said::add))
        .problem();
  }

  private static void run(Object... words) {
    Command.of(java.util.Arrays.stream(words).map(Object::toString).toList())
        .timeout(Duration.ofMinutes(5))
        .output();
  }
}
