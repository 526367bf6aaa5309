package dev.fjord.source.remote;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A repository on another server. A fetch is tried once; the caller decides when to try again. A
 * server that asked for a pause gets it: until its end each fetch fails as the one before did. One
 * thread at a time.
 */
public final class Remote {
  private static final String HEADS = "refs/heads/";

  private final RemoteUrl url;
  private final Access access;
  private final FetchLimits limits;

  /** Set during the pause that the server asked for. */
  private @Nullable Problem busy;

  private long notBefore;

  public Remote(RemoteUrl url, Access access, FetchLimits limits) {
    this.url = url;
    this.access = access;
    this.limits = limits;
  }

  public RemoteUrl url() {
    return url;
  }

  /**
   * The tip of a branch; afterwards all that it reaches is in the repository. No ref is changed.
   *
   * @throws ProblemException {@code branch-missing}, {@code repository-empty}, or a code for what
   *     the network did
   */
  public ObjectId fetchBranch(Repository into, String branch) {
    String name = HEADS + branch;
    ObjectId tip = fetch(into, List.of(new RefSpec(name))).get(name);
    if (tip == null) {
      throw branchMissing(into, branch).asException();
    }
    return tip;
  }

  /** As {@link #fetchBranch}, for all refs that match. */
  public Map<String, ObjectId> fetch(Repository into, List<RefSpec> wanted) {
    return bounded(into, download -> download.fetch(into, wanted));
  }

  /** The matching names that are there. */
  public Set<String> advertised(Repository into, List<RefSpec> wanted) {
    return bounded(into, download -> download.advertised(wanted));
  }

  /**
   * Fetches one commit by its id, whether a branch ends there or not.
   *
   * @throws ProblemException also when the server gives nothing by id
   */
  public void fetchCommit(Repository into, ObjectId commit) {
    bounded(into, download -> download.fetch(into, commit));
  }

  private Problem branchMissing(Repository into, String branch) {
    List<RefSpec> all = List.of(new RefSpec(HEADS + "*:" + HEADS + "*"));
    List<String> branches =
        advertised(into, all).stream().map(ref -> ref.substring(HEADS.length())).toList();
    String tried = "fetching branch '" + branch + "' from " + url + " failed: ";
    if (branches.isEmpty()) {
      return Problem.of("repository-empty", tried + "the repository has no branch at all")
          .hint("Push a first commit ('fjord init DIR' writes a repository to start from).");
    }
    int shown = Math.min(10, branches.size());
    String rest = branches.size() > shown ? ", …" : "";
    return Problem.of("branch-missing", tried + "there is no such branch")
        .detail("Branches there: " + String.join(", ", branches.subList(0, shown)) + rest)
        .hint("Set 'branch' of the agent's settings, or push the branch again.");
  }

  private interface Work<T> {
    T on(FetchConversation download) throws IOException;
  }

  private <T> T bounded(Repository into, Work<T> work) {
    Problem asked = busy;
    if (asked != null && System.nanoTime() - notBefore < 0) {
      throw asked.asException();
    }
    busy = null;
    FetchFailure failure = new FetchFailure(url, limits);
    try {
      return Deadline.within(limits.whole(), () -> connected(into, work));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      Problem problem = failure.of(cause);
      Duration wait = FetchFailure.askedToWait(cause);
      if (wait != null) {
        busy = problem;
        notBefore = System.nanoTime() + wait.toNanos();
      }
      throw problem.asException(e);
    } catch (TimeoutException e) {
      throw failure.of(e).asException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "fetching from " + url + " was interrupted").asException(e);
    }
  }

  private <T> T connected(Repository into, Work<T> work) throws IOException {
    KnownHosts knownHosts =
        url.kind() == RemoteUrl.Kind.SSH ? KnownHosts.read(url, access.knownHosts()) : null;
    try (Transport transport = Transport.open(into, url.uri());
        SshdSessionFactory sessions =
            knownHosts == null ? null : SshAccess.sessions(access.identity(), knownHosts)) {
      transport.setTimeout(Math.toIntExact(limits.answer().toSeconds()));
      if (transport instanceof TransportHttp http) {
        http.setHttpConnectionFactory(new HttpAccess(access.environment()));
        if (url.uri().getUser() != null && url.uri().getPass() == null) {
          // Forges take a token for a user name with an empty password.
          http.setCredentialsProvider(
              new UsernamePasswordCredentialsProvider(url.uri().getUser(), ""));
        }
      }
      if (transport instanceof SshTransport ssh && sessions != null) {
        ssh.setSshSessionFactory(sessions);
      }
      return work.on(new FetchConversation(transport, url.kind(), limits));
    } catch (IOException e) {
      @Nullable Problem refusal = knownHosts == null ? null : knownHosts.refusal();
      if (refusal != null) {
        throw refusal.asException(e);
      }
      throw e;
    }
  }
}
