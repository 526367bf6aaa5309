package dev.fjord.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.AgentSettings;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxHostIT {
  @TempDir Path folder;

  /** As a change does that looks again before it removes anything. */
  @Test
  void a_look_on_the_last_of_its_threads_ends() throws Exception {
    var threads = Executors.newSingleThreadExecutor();
    try {
      var host = new LinuxHost(settings(), threads, InstantSource.system());
      var seen = threads.submit(host::observe).get(1, TimeUnit.MINUTES);
      assertThat(seen.instances()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  private AgentSettings settings() {
    return ModelFixtures.agentSettings(
        folder.resolve("site.git").toString(),
        "main",
        new ResourceName("slart"),
        new Layout(folder.resolve("s"), folder.resolve("r")),
        Duration.ofSeconds(30),
        null,
        null,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }
}
