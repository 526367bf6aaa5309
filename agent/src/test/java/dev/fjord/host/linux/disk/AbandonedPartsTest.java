package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedPartsTest {
  @TempDir Path store;

  @Test
  void what_is_about_to_be_renamed_stays_though_it_bears_an_old_time() throws Exception {
    var sealed = Files.createFile(store.resolve(".fjord-unfinished-sealed"));
    var old = Files.createFile(store.resolve(".fjord-unfinished-old"));
    Files.setLastModifiedTime(sealed, FileTime.from(PinnedFile.MODIFIED));
    Files.setLastModifiedTime(old, FileTime.from(PinnedFile.MODIFIED.plusSeconds(1)));
    AbandonedParts.remove(store);
    assertThat(sealed).exists();
    assertThat(old).doesNotExist();
  }

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
          assertThatCode(() -> AbandonedParts.remove(store)).doesNotThrowAnyException();
        }
      } finally {
        done.set(true);
      }
      other.get();
    }
  }
}
