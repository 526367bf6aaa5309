package dev.fjord.source.remote;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackTransport;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;

/** The conversation of one fetch: what the server has, and what is missing here. Changes no ref. */
record FetchConversation(Transport transport, RemoteUrl.Kind kind, FetchLimits limits) {
  /** The matching names that the server has. */
  Set<String> advertised(List<RefSpec> wanted) throws IOException {
    try (FetchConnection connection = open(wanted)) {
      return matching(connection, wanted).keySet();
    }
  }

  /**
   * Connects. JGit bounds each of its own reads, but not the SSH library's: a server that accepts
   * and says nothing would block the fetch until the overall limit.
   */
  private FetchConnection open(List<RefSpec> wanted) throws IOException {
    if (kind == RemoteUrl.Kind.FILE && transport instanceof PackTransport local) {
      return new LocalFetch(local, HermeticGit.served(transport.getURI().getPath()), wanted);
    }
    if (kind != RemoteUrl.Kind.SSH) {
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

  /** The matching tips; afterwards all that they reach is in the repository. */
  Map<String, ObjectId> fetch(Repository into, List<RefSpec> wanted) throws IOException {
    Map<String, ObjectId> tips = new TreeMap<>();
    try (FetchConnection connection = open(wanted)) {
      Map<String, Ref> matching = matching(connection, wanted);
      matching.forEach((name, ref) -> tips.put(name, ref.getObjectId()));
      complete(into, connection, matching.values());
    }
    return tips;
  }

  /**
   * One commit, even if no name leads to it; afterwards all that it reaches is in the repository.
   */
  Map<String, ObjectId> fetch(Repository into, ObjectId commit) throws IOException {
    String id = commit.name();
    Ref ref = new ObjectIdRef.Unpeeled(Ref.Storage.NETWORK, id, commit);
    try (FetchConnection connection = open(List.of(new RefSpec(id)))) {
      complete(into, connection, List.of(ref));
    }
    return Map.of(id, commit);
  }

  private static void complete(Repository into, FetchConnection connection, Collection<Ref> tips)
      throws IOException {
    Set<ObjectId> have = new HashSet<>();
    for (Ref ref : into.getRefDatabase().getRefs()) {
      if (ref.getObjectId() != null && into.getObjectDatabase().has(ref.getObjectId())) {
        have.add(ref.getObjectId());
      }
    }
    List<Ref> missing = tips.stream().filter(ref -> !have.contains(ref.getObjectId())).toList();
    if (!missing.isEmpty()) {
      connection.fetch(NullProgressMonitor.INSTANCE, missing, have);
      checkConnected(into, missing, have);
    }
  }

  /**
   * A server's claim that this was all is not enough: a missing object would be noticed too late.
   */
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
    } catch (CorruptObjectException
        | IncorrectObjectTypeException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      // The object has its right digest, so it was malformed when it was written.
      throw Malformed.revision(tips.get(0).getObjectId(), String.valueOf(e.getMessage()))
          .asException(e);
    }
  }
}
