package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.build.KernelInstaller;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelStoreTest {
  @TempDir Path folder;

  @Test
  void stores_an_executable_of_its_digest_and_refuses_another() throws Exception {
    var layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    var store = new KernelStore(layout);
    var installer = new KernelInstaller(layout, store, Clock.systemUTC());
    var source = new Source.FileSource(Files.writeString(folder.resolve("linux"), "a kernel"));
    var kernel = ModelFixtures.kernel(Samples.name("uml"), source, Digest.ofText("a kernel"));
    var place = layout.kernel(kernel.name(), kernel.sha256());
    try {
      assertThat(store.observe().value()).isEmpty();
      installer.store(kernel, Progress.SILENT);
      assertThat(place).hasContent("a kernel");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
          .isEqualTo("r-xr-xr-x");
      assertThat(store.observe().value())
          .containsExactly(ModelFixtures.storedKernel(kernel.name(), kernel.sha256(), null));
      var other = ModelFixtures.kernel(Samples.name("uml"), source, Digest.ofText("another"));
      assertThatThrownBy(() -> installer.store(other, Progress.SILENT))
          .hasMessage("the source of kernel uml is not what is pinned: " + source.path());
      assertThat(store.observe().value()).hasSize(1);
      assertThat(store.observe().problems()).isEmpty();
    } finally {
      Samples.release(folder);
    }
  }
}
