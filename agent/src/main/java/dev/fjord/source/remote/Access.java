package dev.fjord.source.remote;

import dev.fjord.model.AgentSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is needed beside a URL to reach a server by {@code ssh:}.
 *
 * @param identity the private key; null for none
 * @param knownHosts the file that holds the server's key; null for none
 */
public record Access(@Nullable Path identity, @Nullable Path knownHosts) {
  public static final Access NONE = new Access(null, null);

  public static Access of(AgentSettings settings) {
    return new Access(settings.identity(), settings.knownHosts());
  }
}
