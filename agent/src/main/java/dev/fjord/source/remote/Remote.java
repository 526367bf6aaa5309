package dev.fjord.source.remote;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Somebody else's repository. A fetch is tried once; whoever schedules decides when to try again.
 */
public final class Remote {
  private static final String HEADS = "refs/heads/";

  private final RemoteUrl url;
  private final Access access;
  private final Limits limits;

  public Remote(RemoteUrl url, Access access, Limits limits) {
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
   * @throws ProblemException {@code branch-missing}, {@code repository-empty}, or what the network
   *     made of it
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
    return bounded(into, transport -> fetch(into, transport, wanted));
  }

  private Problem branchMissing(Repository into, String branch) {
    List<RefSpec> all = List.of(new RefSpec(HEADS + "*:" + HEADS + "*"));
    List<String> branches =
        bounded(into, transport -> List.copyOf(advertised(transport, all).keySet())).stream()
            .map(ref -> ref.substring(HEADS.length()))
            .toList();
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
    T on(Transport transport) throws IOException;
  }

  private <T> T bounded(Repository into, Work<T> work) {
    FetchFailure failure = new FetchFailure(url, limits);
    try {
      return Deadline.within(limits.whole(), () -> connected(into, work));
    } catch (ExecutionException e) {
      throw failure.of(e.getCause() == null ? e : e.getCause()).asException(e);
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
      if (transport instanceof SshTransport ssh && sessions != null) {
        ssh.setSshSessionFactory(sessions);
      }
      return work.on(transport);
    } catch (IOException e) {
      @Nullable Problem refusal = knownHosts == null ? null : knownHosts.refusal();
      if (refusal != null) {
        throw refusal.asException(e);
      }
      throw e;
    }
  }

  private Map<String, Ref> advertised(Transport transport, List<RefSpec> wanted)
      throws IOException {
    try (FetchConnection connection = open(transport, wanted)) {
      return matching(connection, wanted);
    }
  }

  /**
   * Connects. JGit bounds each of its own reads, but not the SSH library's: a server that accepts
   * and says nothing would hold us until the overall limit.
   */
  private FetchConnection open(Transport transport, List<RefSpec> wanted) throws IOException {
    if (url.kind() != RemoteUrl.Kind.SSH) {
      return transport.openFetch(wanted);
    }
    try {
      return Deadline.within(limits.answer().multipliedBy(2), () -> transport.openFetch(wanted));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("no answer to the SSH greeting or log-in");
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while connecting");
    }
  }

  private static Map<String, Ref> matching(FetchConnection connection, List<RefSpec> wanted) {
    Map<String, Ref> matching = new TreeMap<>();
    for (Ref ref : connection.getRefs()) {
      if (ref.getObjectId() != null && wanted.stream().anyMatch(spec -> spec.matchSource(ref))) {
        matching.put(ref.getName(), ref);
      }
    }
    return matching;
  }

  private Map<String, ObjectId> fetch(Repository into, Transport transport, List<RefSpec> wanted)
      throws IOException {
    Set<ObjectId> have = new HashSet<>();
    for (Ref ref : into.getRefDatabase().getRefs()) {
      if (ref.getObjectId() != null && into.getObjectDatabase().has(ref.getObjectId())) {
        have.add(ref.getObjectId());
      }
    }
    Map<String, ObjectId> tips = new TreeMap<>();
    try (FetchConnection connection = open(transport, wanted)) {
      Map<String, Ref> matching = matching(connection, wanted);
      List<Ref> missing = new ArrayList<>();
      for (Ref ref : matching.values()) {
        tips.put(ref.getName(), ref.getObjectId());
        if (!have.contains(ref.getObjectId())) {
          missing.add(ref);
        }
      }
      if (!missing.isEmpty()) {
        connection.fetch(NullProgressMonitor.INSTANCE, missing, have);
        checkConnected(into, missing, have);
      }
    }
    return tips;
  }

  /** A server's word that this was all is not enough: a hole would show when it is too late. */
  private static void checkConnected(Repository into, List<Ref> tips, Set<ObjectId> have)
      throws IOException {
    try (ObjectWalk walk = new ObjectWalk(into)) {
      for (Ref tip : tips) {
        walk.markStart(walk.parseAny(tip.getObjectId()));
      }
      for (ObjectId known : have) {
        walk.markUninteresting(walk.parseAny(known));
      }
      walk.checkConnectivity();
    } catch (MissingObjectException e) {
      throw new IOException("what the server sent is not complete: " + e.getMessage(), e);
    }
  }
}
