package dev.fjord.source.remote;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.jspecify.annotations.Nullable;

/**
 * The server's keys that the administrator knows, from a file as ssh(1) writes it. An unknown key
 * is never accepted, asked about, or written down: no person watches the agent.
 *
 * <p>JGit's own reader takes a lock file beside the file for every look; one that a killed agent
 * left behind would lock the agent out for good.
 */
final class KnownHosts implements ServerKeyDatabase {
  private static final int SSH_PORT = 22;

  private final RemoteUrl url;
  private final Path file;
  private final Set<PublicKey> revoked;
  private final List<PublicKey> known;
  private final boolean hasAuthority;
  private volatile @Nullable Problem refusal;

  private KnownHosts(
      RemoteUrl url,
      Path file,
      List<PublicKey> known,
      Set<PublicKey> revoked,
      boolean hasAuthority) {
    this.url = url;
    this.file = file;
    this.known = known;
    this.revoked = revoked;
    this.hasAuthority = hasAuthority;
  }

  /**
   * @throws dev.fjord.problem.ProblemException {@code known-hosts-missing} when there is no file
   */
  static KnownHosts read(RemoteUrl url, @Nullable Path file) {
    if (file == null) {
      throw missing(url, null, "no 'knownHosts' is set").asException();
    }
    try {
      List<String> lines = Files.readAllLines(file);
      List<PublicKey> revoked = keys(url, lines, "revoked");
      boolean hasAuthority = !keys(url, lines, "cert-authority").isEmpty();
      return new KnownHosts(url, file, keys(url, lines, ""), Set.copyOf(revoked), hasAuthority);
    } catch (IOException e) {
      throw missing(url, file, file + " cannot be read").detail(e.toString()).asException(e);
    }
  }

  /** The keys of all lines for the URL's host; a line that cannot be understood holds no key. */
  private static List<PublicKey> keys(RemoteUrl url, List<String> lines, String marker) {
    int port = url.uri().getPort() > 0 ? url.uri().getPort() : SSH_PORT;
    List<PublicKey> keys = new ArrayList<>();
    for (String line : lines) {
      try {
        KnownHostEntry entry = KnownHostEntry.parseKnownHostEntry(line.strip());
        if (entry == null || !entry.isHostMatch(url.uri().getHost(), port)) {
          continue;
        }
        String marked = entry.getMarker() == null ? "" : entry.getMarker();
        PublicKey key = entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
        if (key != null && marked.equals(marker)) {
          keys.add(key);
        }
      } catch (IOException | GeneralSecurityException | RuntimeException notUnderstood) {
        // ssh(1) passes over such lines as well: newer key types, and typing errors.
      }
    }
    return keys;
  }

  /** Why the server was refused; null when it was not. */
  @Nullable Problem refusal() {
    return refusal;
  }

  /**
   * The kinds of key that are known. They are offered first, so that the server shows one of them.
   */
  @Override
  public List<PublicKey> lookup(
      String connectAddress, InetSocketAddress remote, Configuration config) {
    return known;
  }

  @Override
  public boolean accept(
      String connectAddress,
      InetSocketAddress remote,
      PublicKey key,
      Configuration config,
      CredentialsProvider nobody) {
    boolean isKnown = known.stream().anyMatch(one -> KeyUtils.compareKeys(one, key));
    boolean isRevoked = revoked.stream().anyMatch(one -> KeyUtils.compareKeys(one, key));
    if (isKnown && !isRevoked) {
      return true;
    }
    if (hasAuthority && !isRevoked && known.isEmpty()) {
      refusal =
          Problem.of(
                  "host-key-authority",
                  "fetching from "
                      + url
                      + ": "
                      + file
                      + " names an authority for this host (@cert-authority), and no key of its"
                      + " own")
              .hint("fjord knows hosts by their own keys alone. " + hint(url, file));
      return false;
    }
    String shown = KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(key);
    String found =
        isRevoked
            ? "which is revoked in "
            : known.isEmpty() ? "but the host is not in " : "which is not the one in ";
    String code = isRevoked || !known.isEmpty() ? "host-key-changed" : "host-key-unknown";
    refusal =
        Problem.of(
                code,
                "fetching from "
                    + url
                    + ": the server showed the key "
                    + shown
                    + ", "
                    + found
                    + file)
            .hint(hint(url, file));
    return false;
  }

  private static Problem missing(RemoteUrl url, @Nullable Path file, String found) {
    return Problem.of(
            "known-hosts-missing",
            "fetching from " + url + " needs a file with the server's key, but " + found)
        .hint(hint(url, file));
  }

  private static String hint(RemoteUrl url, @Nullable Path file) {
    String port = url.uri().getPort() > 0 ? "-p " + url.uri().getPort() + " " : "";
    return "Run 'ssh-keyscan "
        + port
        + url.uri().getHost()
        + "', compare the key's fingerprint (ssh-keygen -lf) with what the server's administrator"
        + " says, and put the line into "
        + (file == null ? "a file that 'knownHosts' of the agent's settings names" : file)
        + ".";
  }
}
