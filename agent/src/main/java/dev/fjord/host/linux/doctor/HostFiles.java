package dev.fjord.host.linux.doctor;

import dev.fjord.file.KernelText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Small files of the host; a test gives its own. */
@FunctionalInterface
interface HostFiles {
  HostFiles REAL =
      path -> {
        try {
          return KernelText.read(path, 64 << 10).strip();
        } catch (IOException absent) {
          return null;
        }
      };

  /** The file's text without white space around it; null when there is none. */
  @Nullable String read(String path);

  /** The number that the file holds; {@code otherwise} when there is none. */
  default long number(String path, long otherwise) {
    String text = read(path);
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : otherwise;
  }
}
