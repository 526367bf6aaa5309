package dev.fjord.schedule;

import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an agent that runs is told to look at once: a Unix socket that only root reaches. One line
 * in, {@code poke}; one line out, {@code ok}.
 */
public final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
  private static final String POKE = "poke\n";
  private static final String OK = "ok\n";

  private final ServerSocketChannel server;
  private final Path path;

  /** Listens; {@code poked} is called for each poke, on a thread of its own. */
  ControlSocket(Layout layout, Runnable poked) {
    path = layout.controlSocket();
    try {
      Files.deleteIfExists(path); // The run lock is held, so nobody listens there.
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw Problem.of("control-failed", "listening on " + path + " failed")
          .detail(e.toString())
          .asException(e);
    }
    Thread.ofPlatform().daemon().name("control").start(() -> serve(poked));
  }

  /** Whether an agent listens there, and not a single run. */
  public static boolean isServed(Layout layout) {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(layout.controlSocket()))) {
      return channel.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }

  private void serve(Runnable poked) {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        if (read(client, POKE.length()).equals(POKE)) {
          poked.run();
          client.write(ByteBuffer.wrap(OK.getBytes(StandardCharsets.US_ASCII)));
        }
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.warn("a caller of {} went away: {}", path, e.toString());
        }
      }
    }
  }

  private static String read(SocketChannel channel, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // A caller says all of it or goes away.
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
  }

  /**
   * Tells the agent of {@code layout} to look at once.
   *
   * @throws dev.fjord.problem.ProblemException when none runs
   */
  public static void poke(Layout layout) {
    Path path = layout.controlSocket();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      channel.write(ByteBuffer.wrap(POKE.getBytes(StandardCharsets.US_ASCII)));
      if (!read(channel, OK.length()).equals(OK)) {
        throw new IOException("no answer");
      }
    } catch (IOException e) {
      throw Problem.of("no-agent", "no agent answers on " + path)
          .detail(e.getMessage())
          .hint("Start one with 'fjord agent', or do one run with 'fjord apply'.")
          .asException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("closing {} failed: {}", path, e.toString());
    }
  }
}
