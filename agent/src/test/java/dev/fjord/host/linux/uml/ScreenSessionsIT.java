package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScreenSessionsIT {
  @TempDir Path folder;

  /** The first starts of a new host all find no settings file and write it. */
  @Test
  void the_first_sessions_of_a_host_open_side_by_side() throws Exception {
    RealKernel.assumeThatInstancesRunHere();
    var sessions = new ScreenSessions(new Layout(folder.resolve("s"), folder.resolve("r")));
    List<ResourceName> names =
        IntStream.range(0, 8).mapToObj(i -> ResourceName.parse("p" + i)).toList();
    try (var starts = Executors.newFixedThreadPool(names.size())) {
      List<Future<?>> opened = new ArrayList<>();
      for (ResourceName name : names) {
        opened.add(starts.submit(() -> sessions.open(name, RealKernel.UID, pid -> {})));
      }
      for (Future<?> one : opened) {
        one.get();
      }
      assertThat(names).allMatch(name -> sessions.find(name) != null);
    } finally {
      names.forEach(sessions::end);
    }
  }
}
