package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** How an administrator gets to an instance's console. Several may look at it at once. */
public final class Console {
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
   * The program that attaches to the console. What the console shows is from then on not saved,
   * also if the kernel dies: somebody may have typed into it.
   *
   * @throws dev.fjord.problem.ProblemException when there is no console
   */
  public Attachment attach(ResourceName name) {
    ScreenSessions.Session session = sessions.find(name);
    // A kernel that has died leaves its window, with keys that would start it again by hand.
    if (session == null || Proc.children(session.pid()).isEmpty()) {
      throw Problem.of("no-console", "instance " + name + " has no console: no kernel of it runs")
          .hint(
              "'fjord status' says whether it is to run; "
                  + layout.bootOutput(name)
                  + " holds what a failed start showed.")
          .asException();
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
    sessions.followKernel(session);
    return new Attachment(List.of("screen", "-x", session.id()), sessions.environment());
  }
}
