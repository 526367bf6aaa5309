package dev.fjord.schedule;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.Secrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an agent that runs is told to look at once, or to restart machines, or is asked for a plan:
 * a Unix socket that only root reaches. One line in. For {@code poke} the answer is {@code ok}. For
 * {@code restart NAME,NAME CALLER} and {@code plan WHOSE HOW} there are lines that begin with
 * {@code progress} and {@code result}, and the last one is {@code end} with an exit code.
 */
public final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
  private static final String POKE = "poke";
  private static final String RESTART = "restart";
  private static final String PLAN = "plan";
  private static final String OK = "ok";
  private static final String PROGRESS = "progress ";
  private static final String RESULT = "result ";
  private static final String END = "end ";
  private static final int LONGEST = 64 << 10;

  /** What a plan's {@code end} says when there is none. */
  private static final int NO_PLAN = -1;

  /** Callers that wait for restarts at once. */
  private static final int MOST_WAITING = 32;

  private final ServerSocketChannel server;
  private final Path path;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  /** Carries out what a caller orders, and answers the exit code when it has ended. */
  @FunctionalInterface
  public interface Restarts {
    int restart(List<ResourceName> names, Caller caller, Lines lines);
  }

  /** Answers what a run would do now. */
  @FunctionalInterface
  public interface Plans {
    /**
     * What it would do, as it is printed.
     *
     * @param whose the identity of the program and the settings that ask
     * @param how the form of the answer
     * @return null when another program or other settings are asked for, or a run is going on
     */
    @Nullable Planned plan(String whose, String how);
  }

  /**
   * The answer about a plan.
   *
   * @param out the plan
   * @param err what goes with it
   * @param exit the exit code
   */
  public record Planned(String out, String err, int exit) {}

  /** What a caller is sent. A line that can no longer be sent stops nothing. */
  public interface Lines {
    void progress(String line);

    void result(String line);
  }

  /**
   * The account that orders something: as the kernel reports it (SO_PEERCRED of unix(7)) and, since
   * that is always root, the account that used sudo(8), as the caller reports it.
   *
   * @param user the name of an account, or its number
   * @param sudo empty where sudo was not used, or where the reported text is no name
   */
  public record Caller(String user, String sudo) {

    /** The reported sudo user counts only where it may be the name of an account. */
    public static Caller of(String user, String sudo) {
      return new Caller(Printable.brief(user), sudo.matches("[-._a-zA-Z0-9]{1,32}") ? sudo : "");
    }

    /** For a person. */
    public String words() {
      return sudo.isEmpty() || sudo.equals(user) ? user : sudo + " (by sudo, as " + user + ")";
    }
  }

  /** Listens; {@code poked} is called for each poke, on a thread of its own. */
  ControlSocket(Layout layout, Runnable poked, Restarts restarts, Plans plans) {
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
    Thread.ofPlatform().daemon().name("control").start(() -> serve(poked, restarts, plans));
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

  private void serve(Runnable poked, Restarts restarts, Plans plans) {
    while (server.isOpen()) {
      try {
        answer(server.accept(), poked, restarts, plans);
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.warn("a caller of {} went away: {}", path, e.toString());
        }
      }
    }
  }

  /** Answers at once; a caller that waits gets a thread, which closes the connection at the end. */
  private void answer(SocketChannel client, Runnable poked, Restarts restarts, Plans plans)
      throws IOException {
    boolean stays = false;
    try {
      String[] words = line(client).split(" ", 3);
      if (words[0].equals(POKE)) {
        poked.run();
        write(client, OK);
      } else if (words[0].equals(RESTART) && words.length > 1) {
        stays = waiting.tryAcquire();
        if (stays) {
          Thread.ofPlatform()
              .daemon()
              .name("restart")
              .start(() -> restart(client, words, restarts));
        } else {
          write(client, RESULT + "nothing is restarted: " + MOST_WAITING + " callers wait already");
          write(client, END + "1");
        }
      } else if (words[0].equals(PLAN) && words.length == 3) {
        stays = waiting.tryAcquire();
        if (stays) {
          Thread.ofPlatform().daemon().name("plan").start(() -> plan(client, words, plans));
        }
      }
    } finally {
      if (!stays) {
        client.close();
      }
    }
  }

  private void restart(SocketChannel client, String[] words, Restarts restarts) {
    try (client) {
      List<ResourceName> names =
          Stream.of(words[1].split(",", -1)).map(ResourceName::new).distinct().toList();
      String peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      Caller caller = Caller.of(peer, words.length > 2 ? words[2] : "");
      write(client, END + restarts.restart(names, caller, lines(client)));
    } catch (IOException gone) {
      LOG.debug("who ordered a restart went away: {}", gone.toString());
    } catch (RuntimeException e) {
      LOG.error("an order could not be carried out", e);
    } finally {
      waiting.release();
    }
  }

  private void plan(SocketChannel client, String[] words, Plans plans) {
    try (client) {
      Planned planned = plans.plan(words[1], words[2]);
      if (planned != null) {
        write(client, RESULT + encoded(planned.out()));
        write(client, PROGRESS + encoded(planned.err()));
      }
      write(client, END + (planned == null ? NO_PLAN : planned.exit()));
    } catch (IOException gone) {
      LOG.debug("who asked for a plan went away: {}", gone.toString());
    } catch (RuntimeException e) {
      LOG.debug("no plan for who asked", e); // Who asks makes it, and says what is wrong.
    } finally {
      waiting.release();
    }
  }

  /** Makes one line of many. */
  private static String encoded(String text) {
    return Base64.getEncoder()
        .encodeToString(Secrets.hidden(text).getBytes(StandardCharsets.UTF_8));
  }

  private static Lines lines(SocketChannel client) {
    return new Lines() {
      @Override
      public void progress(String line) {
        tell(client, PROGRESS + line);
      }

      @Override
      public void result(String line) {
        tell(client, RESULT + line);
      }
    };
  }

  private static void tell(SocketChannel client, String line) {
    try {
      write(client, Secrets.hidden(line).replace('\n', ' '));
    } catch (IOException gone) {
      LOG.debug("who ordered a restart went away: {}", gone.toString());
    }
  }

  private static void write(SocketChannel channel, String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    synchronized (channel) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** A caller has to send the whole line. */
  private static String line(SocketChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(LONGEST);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      if (buffer.get(buffer.position() - 1) == '\n') {
        return new String(buffer.array(), 0, buffer.position() - 1, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /**
   * Tells the agent of {@code layout} to look at once.
   *
   * @throws dev.fjord.problem.ProblemException when none runs
   */
  public static void poke(Layout layout) {
    Path path = layout.controlSocket();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      write(channel, POKE);
      if (!line(channel).equals(OK)) {
        throw new IOException("no answer");
      }
    } catch (IOException e) {
      throw Problem.of("no-agent", "no agent answers on " + path)
          .detail(e.getMessage())
          .hint("Start one with 'fjord agent', or do one run with 'fjord apply'.")
          .asException(e);
    }
  }

  /**
   * Orders the agent of {@code layout} to restart machines, and waits until it has done so.
   *
   * @param sudo the account that used sudo(8); empty for none
   * @return the exit code
   * @throws dev.fjord.problem.ProblemException when none runs, or it ends before it is done
   */
  public static int restart(
      Layout layout,
      List<String> names,
      String sudo,
      Consumer<String> progress,
      Consumer<String> result) {
    Path path = layout.controlSocket();
    try {
      String order = RESTART + " " + String.join(",", names) + " " + sudo;
      return asked(path, order, progress, result);
    } catch (IOException e) {
      throw Problem.of("restart-unknown", "what came of the restart is not known")
          .detail(path + ": " + e.getMessage())
          .hint(
              "See what runs: fjord status. An agent that was ended restarts nothing later, and one"
                  + " of an earlier version knows no such order.")
          .asException(e);
    }
  }

  /**
   * Asks the agent of {@code layout} what a run would do now.
   *
   * @param whose as of {@link Plans#plan}
   * @param how as of {@link Plans#plan}, a line
   * @return null when no agent answers, or it has no plan for this caller
   */
  public static @Nullable Planned plan(Layout layout, String whose, String how) {
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    try {
      int exit =
          asked(
              layout.controlSocket(),
              PLAN + " " + whose + " " + how,
              line -> err.append(decoded(line)),
              line -> out.append(decoded(line)));
      return exit == NO_PLAN ? null : new Planned(out.toString(), err.toString(), exit);
    } catch (IOException | IllegalArgumentException none) {
      return null;
    }
  }

  private static String decoded(String line) {
    return new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
  }

  /** The exit code that comes at the end. */
  private static int asked(
      Path path, String question, Consumer<String> progress, Consumer<String> result)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
      write(channel, question);
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith(PROGRESS)) {
          progress.accept(line.substring(PROGRESS.length()));
        } else if (line.startsWith(RESULT)) {
          result.accept(line.substring(RESULT.length()));
        } else if (line.startsWith(END)) {
          return Integer.parseInt(line.substring(END.length()));
        }
      }
      throw new IOException("the agent went away before it said what came of it");
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
