package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** How an administrator gets to an instance's console. Several may look at it at once. */
public final class Console {
  private static final Pattern KIND = Pattern.compile("[a-zA-Z0-9][-+.a-zA-Z0-9]{0,40}");

  private final Layout layout;
  private final ScreenSessions sessions;

  public Console(Layout layout) {
    this.layout = layout;
    this.sessions = new ScreenSessions(layout);
  }

  /**
   * A program to run on the caller's own terminal, until Ctrl-a d detaches it.
   *
   * @param environment to be added to the caller's
   */
  public record Attachment(List<String> words, Map<String, String> environment) {
    public Attachment {
      words = List.copyOf(words);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * The program that attaches to the console. Of what the console shows from then on only the
   * kernel's own lines are saved when the kernel dies: a person may have typed into it. Its window
   * then stays, until q is pressed or the next start.
   *
   * @throws dev.fjord.problem.ProblemException when there is no console
   */
  public Attachment attach(ResourceName name) {
    ScreenSessions.Session session = sessions.find(name);
    // A kernel that has died leaves its window: there is nothing to type into.
    if (session == null || sessions.running(name, session).isEmpty()) {
      throw absent(name).asException();
    }
    try {
      Files.createFile(layout.consoleUsed(name));
    } catch (java.nio.file.FileAlreadyExistsException somebodyWasThere) {
      // And may be still.
    } catch (IOException e) {
      throw Problem.of("write-failed", "writing " + layout.consoleUsed(name) + " failed")
          .detail(e.toString())
          .hint("Only root can use consoles.")
          .asException(e);
    }
    sessions.neverRevive(session);
    return sessions.attachment(session, terminal());
  }

  /** What the caller's terminal calls itself, if it is a name. */
  private static String terminal() {
    String kind = System.getenv("TERM");
    return kind != null && KIND.matcher(kind).matches() ? kind : "vt100";
  }

  private Problem absent(ResourceName name) {
    if (Files.notExists(layout.instance(name))) {
      return Problem.of("no-instance", "there is no instance " + name + " on this host")
          .hint("'fjord status' lists those that there are.");
    }
    String kept =
        kept(layout.bootOutput(name), " holds what a failed start showed.")
            + kept(layout.lastConsole(name), " holds what it showed before it ended.");
    return Problem.of("no-console", "instance " + name + " has no console: no kernel of it runs")
        .hint("'fjord status " + name + "' says whether it is to run, and how it ended." + kept);
  }

  private static String kept(Path file, String what) {
    return Files.exists(file) ? " " + file + what : "";
  }
}
