package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
  @TempDir Path store;

  @Test
  void what_becomes_whole_meanwhile_is_no_failure() throws Exception {
    var done = new AtomicBoolean();
    try (var threads = Executors.newSingleThreadExecutor()) {
      var other =
          threads.submit(() -> {
            while (!done.get()) {
              for (int i = 0; i < 20; i++) {
                Files.createFile(store.resolve(".fjord-unfinished-" + i));
              }
              for (int i = 0; i < 20; i++) {
                Files.delete(store.resolve(".fjord-unfinished-" + i));
              }
            }
            return null;
          });
      try {
        for (int i = 0; i < 500; i++) {
          assertThatCode(() -> Leftovers.remove(store)).doesNotThrowAnyException();
        }
      } finally {
        done.set(true);
      }
      other.get();
    }
  }
}
