package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code fjord console} on a terminal: script(1) makes one. */
class TerminalIT {
  private static final String SECRET = "hunter22";

  @Test
  void a_console_is_used_and_left_and_keeps_nothing_that_was_typed() throws Exception {
    try (var world = World.ofLindaAndBob()) {
      var boot = world.bootId("linda");
      var fjord = "%s console linda --config %s".formatted(Ready.fjord(), world.config());
      var builder =
          new ProcessBuilder(world.inside("script", "-q", "-f", "-c", fjord, "/dev/null").words());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().put("TERM", "xterm");
      var shown = world.folder.resolve("shown");
      var terminal = builder.redirectErrorStream(true).redirectOutput(shown.toFile()).start();
      try (var keys = terminal.getOutputStream()) {
        type(keys, "\r");
        World.await("a prompt", () -> read(shown).contains("# "));
        type(keys, "PASSWORD=" + SECRET + "; echo it-is-$((40 + 2))\r");
        World.await("an answer", () -> read(shown).contains("it-is-42"));
        type(keys, "\u0001d");
        World.await("leaving it", () -> !terminal.isAlive());
      } finally {
        terminal.destroyForcibly();
      }
      assertThat(terminal.exitValue()).as(read(shown)).isZero();
      assertThat(world.bootId("linda")).isEqualTo(boot);
      Files.delete(shown);
      assertThat(holding(SECRET, world.run())).isEmpty();
      assertThat(holding(SECRET, world.state())).isEmpty();
      world.kill(world.pid("linda"));
      world.settles();
      assertThat(holding(SECRET, world.run())).isEmpty();
      assertThat(holding(SECRET, world.state())).isEmpty();
      var nobody = world.launched("console", "nobody");
      assertThat(nobody.exit()).isEqualTo(1);
      assertThat(nobody.error()).contains("there is no instance nobody on this host");
    }
  }

  private static void type(java.io.OutputStream keys, String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.US_ASCII));
    keys.flush();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> holding(String text, Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all).isNotEmpty();
    }
    return Command.of("grep", "-r", "-l", "-a", "-D", "skip", "-e", text, folder.toString())
        .run()
        .text()
        .lines()
        .toList();
  }
}
