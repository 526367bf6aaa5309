package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/**
 * What the console of a start that failed showed. Kept for the administrator alone, and never when
 * somebody has attached to the console since: what they typed is nobody's business.
 */
final class BootOutput {
  private static final int KEPT = 64 << 10;
  private static final int TOLD_LINES = 15;

  private final Layout layout;
  private final ScreenSessions sessions;

  BootOutput(Layout layout, ScreenSessions sessions) {
    this.layout = layout;
    this.sessions = sessions;
  }

  /** Saves what the session shows, and returns its last lines to be told with the failure. */
  String keep(ResourceName name, ScreenSessions.Session session) {
    if (Files.exists(layout.consoleUsed(name))) {
      return "The console was in use, so what it showed was not saved.";
    }
    String shown = PlainText.of(sessions.shown(name, session)).strip();
    if (shown.isEmpty()) {
      return "The console showed nothing.";
    }
    byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
    int from = Math.max(0, bytes.length - KEPT);
    DurableFile.write(layout.bootOutput(name), Arrays.copyOfRange(bytes, from, bytes.length));
    return told(shown) + "\n(more in " + layout.bootOutput(name) + ")";
  }

  /** The last lines; of a kernel that panicked, those up to the panic, not its call trace. */
  private static String told(String shown) {
    List<String> lines = shown.lines().filter(line -> !line.isBlank()).toList();
    int end = lines.size();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("Kernel panic")) {
        end = i + 1;
      }
    }
    return String.join("\n", lines.subList(Math.max(0, end - TOLD_LINES), end));
  }
}
