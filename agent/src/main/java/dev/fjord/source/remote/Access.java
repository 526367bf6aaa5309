package dev.fjord.source.remote;

import dev.fjord.model.AgentSettings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is needed beside a URL to reach a server.
 *
 * @param identity the private key for {@code ssh:}; null for none
 * @param knownHosts the file that holds the server's key of {@code ssh:}; null for none
 * @param environment where proxies are named, see {@link dev.fjord.net.Proxies}
 */
public record Access(
    @Nullable Path identity, @Nullable Path knownHosts, Map<String, String> environment) {
  public static final Access NONE = new Access(null, null, System.getenv());

  public static Access of(AgentSettings settings) {
    return new Access(settings.identity(), settings.knownHosts(), System.getenv());
  }
}
