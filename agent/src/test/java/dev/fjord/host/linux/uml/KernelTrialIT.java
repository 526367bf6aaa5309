package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTrialIT {
  private static final ResourceName FAKE = new ResourceName("fake");

  /** What 6.1.176 prints on a processor with AMX, up to its end. */
  private static final String DIES_IN_ITS_FIRST_PROCESS =
      """
      echo 'userspace - ptrace set fp regs failed, errno = 14'
      echo 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b'
      exit 134
      """;

  @TempDir Path folder;
  private Layout layout;
  private KernelTrial trial;

  @BeforeEach
  void a_host_with_no_kernel() {
    RealKernel.assumeThatInstancesRunHere();
    layout = new Layout(folder.resolve("state"), folder.resolve("run"));
    trial = new KernelTrial(layout, RealKernel.UID);
  }

  @Test
  void a_real_kernel_boots_here_and_the_answer_is_kept() throws Exception {
    RealKernel.store(layout);
    assertThat(trial.known(RealKernel.NAME, RealKernel.DIGEST)).isNull();
    var found = trial.of(RealKernel.NAME, RealKernel.DIGEST);
    assertThat(found.usable()).as(found.message()).isTrue();
    assertThat(new KernelTrial(layout, RealKernel.UID).known(RealKernel.NAME, RealKernel.DIGEST))
        .isEqualTo(found);
  }

  @Test
  void a_real_kernel_boots_with_the_library_too() throws Exception {
    RealKernel.store(layout);
    var kernel = layout.kernel(RealKernel.NAME, RealKernel.DIGEST);
    var library = new XsaveLibrary(layout).compiled();
    assertThat(trial.run(kernel.getParent(), kernel, library)).contains("exitcode=0x00000000");
  }

  @Test
  void the_library_is_made_only_for_a_kernel_that_needs_it() throws Exception {
    assumeFalse(
        Files.readString(Path.of("/proc/cpuinfo")).contains(" amx_tile"),
        "this processor's kernels need the library");
    RealKernel.store(layout);
    assertThat(trial.of(RealKernel.NAME, RealKernel.DIGEST).verdict())
        .isEqualTo(Trial.Verdict.BOOTS);
    assertThat(trial.libraryFor(RealKernel.NAME, RealKernel.DIGEST)).isNull();
    assertThat(layout.libraries())
        .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("xsave"));
  }

  @Test
  void a_kernel_that_dies_of_a_short_buffer_is_tried_again_with_the_library() throws Exception {
    RealKernel.storeScript(
        layout,
        FAKE,
        """
        case "$LD_PRELOAD" in *xsave-*) echo 'exitcode=0x00000000'; exit 134;; esac
        """
            + DIES_IN_ITS_FIRST_PROCESS);
    assertThat(trial.of(FAKE, RealKernel.DIGEST))
        .isEqualTo(new Trial(Trial.Verdict.BOOTS_WITH_XSAVE_LIBRARY, ""));
    assertThat(trial.libraryFor(FAKE, RealKernel.DIGEST)).isExecutable();
  }

  @Test
  void a_kernel_that_dies_with_the_library_too_fails() throws Exception {
    RealKernel.storeScript(layout, FAKE, DIES_IN_ITS_FIRST_PROCESS);
    assertThat(trial.of(FAKE, RealKernel.DIGEST).verdict()).isEqualTo(Trial.Verdict.FAILS);
  }

  @Test
  void a_kernel_that_fails_otherwise_says_why_in_plain_text() throws Exception {
    RealKernel.storeScript(layout, FAKE, "printf 'no \\033[31mway\\n'; exit 1\n");
    assertThat(trial.of(FAKE, RealKernel.DIGEST))
        .isEqualTo(new Trial(Trial.Verdict.FAILS, "no ?[31mway"));
    assertThat(layout.libraries()).isDirectoryNotContaining("glob:**xsave*");
    assertThatThrownBy(() -> trial.libraryFor(FAKE, RealKernel.DIGEST))
        .hasMessage("kernel fake does not boot on this host");
  }

  @Test
  void an_answer_from_another_host_is_no_answer() throws Exception {
    RealKernel.storeScript(layout, FAKE, "echo 'exitcode=0x00000000'\n");
    trial.of(FAKE, RealKernel.DIGEST);
    var file = layout.kernelFolder(FAKE, RealKernel.DIGEST).resolve("trial.json");
    var kept = Files.readString(file);
    Files.writeString(file, kept.replace(HostFingerprint.now().hex(), RealKernel.DIGEST.hex()));
    assertThat(trial.known(FAKE, RealKernel.DIGEST)).isNull();
  }
}
