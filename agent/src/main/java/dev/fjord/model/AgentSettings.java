package dev.fjord.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own settings, {@code /etc/fjord/agent.yaml}.
 *
 * @param repository a URL that Git understands ({@code file:}, {@code https:}, {@code ssh:}), or an
 *     absolute path
 * @param host which Host of the repository this machine is
 * @param poll how often the repository and the host are looked at
 * @param identity the private key for {@code ssh:}; null for none
 * @param knownHosts the file that holds the server's key for {@code ssh:}; null for none
 * @param readyTimeout how long a guest may take from its start to its first answer
 * @param stopTimeout how long a guest may take to shut down by itself
 * @param verify how often stored images and kernels are read to their ends
 * @param watch how often running instances are asked how they are; null for never
 * @param hostsFile where the host itself finds the names of instances; null for nowhere
 * @param signers the keys that the host trusts before it has accepted any revision; empty to trust
 *     those that the first revision names
 */
public record AgentSettings(
    String repository,
    String branch,
    ResourceName host,
    Layout layout,
    Duration poll,
    @Nullable Path identity,
    @Nullable Path knownHosts,
    Duration readyTimeout,
    Duration stopTimeout,
    Duration verify,
    @Nullable Duration watch,
    @Nullable Path hostsFile,
    List<Signer> signers) {
  public static final Duration VERIFY = Duration.ofDays(7);
  public static final Duration WATCH = Duration.ofSeconds(5);

  public AgentSettings {
    signers = List.copyOf(signers);
  }
}
