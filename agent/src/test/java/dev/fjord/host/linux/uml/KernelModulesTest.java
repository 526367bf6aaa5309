package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that came with a kernel in its package. */
class KernelModulesTest {
  private static final ResourceName UML = new ResourceName("uml");
  private static final Digest DIGEST = Digest.ofText("a kernel");

  @TempDir private Path root;

  @Test
  void those_of_a_package_are_in_the_folder_of_their_version() throws Exception {
    Path index =
        index("kernel/drivers/net/tun.ko:\nkernel/fs/a-b.ko: kernel/lib/c.ko\nkernel/x.o:\n");
    assertThat(modules().names()).containsExactlyInAnyOrder("tun", "a_b");
    assertThat(modules().versioned()).isEqualTo(index.getParent());

    Files.writeString(index, "kernel/drivers/net/dummy.ko:\n");
    Files.setLastModifiedTime(index, FileTime.from(Instant.EPOCH));
    assertThat(modules().names()).as("another file").containsExactly("dummy");
  }

  @Test
  void a_kernel_without_any_and_one_that_nobody_looked_through_have_none() throws Exception {
    assertThat(modules().names()).isEmpty();
    Files.delete(index(""));
    assertThat(modules().names()).isEmpty();
  }

  private Path index(String text) throws IOException {
    Path folder = layout().kernelModules(UML, DIGEST).resolve("6.9.0-fjord");
    Files.createDirectories(folder);
    return Files.writeString(folder.resolve("modules.dep"), text);
  }

  private KernelModules modules() {
    return new KernelModules(layout(), UML, DIGEST);
  }

  private Layout layout() {
    return Layout.of(root.resolve("state").toString(), "/run/fjord-test");
  }
}
