package dev.fjord.app;

import dev.fjord.file.FileState;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Digest;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two processes have in common that make the same plan of a host at the same time: the
 * program, as it lay there when this was made, the settings, and the network namespace that they
 * look at.
 */
final class ProgramIdentity {
  private static final Path NETWORK = Path.of("/proc/self/ns/net");

  private ProgramIdentity() {}

  /** One word, which reveals nothing of the settings; null where something cannot be found out. */
  static @Nullable String of(AgentSettings settings) {
    try {
      Path program =
          Path.of(
              ProgramIdentity.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      List<String> parts =
          List.of(
              program.toString(),
              FileState.of(program).toString(),
              Files.readSymbolicLink(NETWORK).toString(),
              settings.toString());
      return Digest.ofText(String.join("\n", parts)).hex();
    } catch (IOException | URISyntaxException unknown) {
      return null;
    }
  }
}
