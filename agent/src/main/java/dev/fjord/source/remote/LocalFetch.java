package dev.fjord.source.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.PackTransport;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/**
 * A fetch from a repository on this host. The serving half runs in a thread of this process. JGit's
 * own class for this prints what breaks there to the standard error at each look, and says no more
 * than "internal server error"; here it becomes the cause. It shows no branch but those that are
 * wanted, since JGit reads the commit of each that it shows, and fails for all of them when one of
 * them cannot be read.
 */
final class LocalFetch extends BasePackFetchConnection {
  private static final int PIPE = 64 << 10;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Thread server;
  private volatile @Nullable Throwable fault;

  /**
   * Connects.
   *
   * @param remote closed when the serving half has ended
   */
  LocalFetch(PackTransport transport, Repository remote, List<RefSpec> wanted) throws IOException {
    super(transport);
    PipedInputStream toClient = new PipedInputStream(PIPE);
    PipedOutputStream fromServer = new PipedOutputStream(toClient);
    PipedInputStream toServer = new PipedInputStream(PIPE);
    PipedOutputStream fromClient = new PipedOutputStream(toServer);
    server =
        Thread.ofPlatform()
            .daemon()
            .name("fjord-upload")
            .start(() -> serve(remote, wanted, toServer, fromServer));
    init(toClient, fromClient);
    try {
      readAdvertisedRefs();
    } catch (TransportException e) {
      close();
      throw because(e);
    }
  }

  private void serve(Repository remote, List<RefSpec> wanted, InputStream in, OutputStream out) {
    try (remote;
        in;
        out;
        UploadPack upload = new UploadPack(remote)) {
      upload.setRequestPolicy(UploadPack.RequestPolicy.ANY);
      upload.setRefFilter(refs -> shown(refs, wanted));
      upload.uploadWithExceptionPropagation(in, out, null);
    } catch (IOException | RuntimeException | Error e) {
      fault = e;
    }
  }

  private static Map<String, Ref> shown(Map<String, Ref> refs, List<RefSpec> wanted) {
    Map<String, Ref> shown = new TreeMap<>();
    refs.forEach((name, ref) -> {
      if (wanted.stream().anyMatch(spec -> spec.matchSource(ref))) {
        shown.put(name, ref);
      }
    });
    return shown;
  }

  @Override
  protected void doFetch(
      ProgressMonitor monitor,
      Collection<Ref> want,
      Set<ObjectId> have,
      @Nullable OutputStream messages)
      throws TransportException {
    try {
      super.doFetch(monitor, want, have, messages);
    } catch (TransportException e) {
      throw because(e);
    }
  }

  /** A failure of the serving half explains what was seen here. */
  private TransportException because(TransportException seen) {
    try {
      server.join(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Throwable known = fault;
    return known == null ? seen : new TransportException(uri, text(known), known);
  }

  private static String text(Throwable known) {
    String message = known.getMessage();
    return message == null ? known.toString() : message;
  }

  @Override
  public void close() {
    super.close();
    try {
      server.join(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
