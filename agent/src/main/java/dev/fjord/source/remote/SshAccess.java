package dev.fjord.source.remote;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jgit.transport.SshConfigStore;
import org.eclipse.jgit.transport.SshConfigStore.HostConfig;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.jspecify.annotations.Nullable;

/** SSH with one private key and one known_hosts file: no agent, no ~/.ssh, no password. */
final class SshAccess {
  private static final File NO_HOME = new File("/nonexistent");

  private SshAccess() {}

  /** The caller closes it. */
  static SshdSessionFactory sessions(@Nullable Path identity, KnownHosts knownHosts) {
    List<Path> identities = identity == null ? List.of() : List.of(identity);
    return new SshdSessionFactoryBuilder()
        .setHomeDirectory(NO_HOME)
        .setSshDirectory(NO_HOME)
        .setConfigStoreFactory((home, config, user) -> new NoSshConfig())
        .setPreferredAuthentications("publickey")
        .setDefaultIdentities(ssh -> identities)
        .setServerKeyDatabase((home, ssh) -> knownHosts)
        .build(null);
  }

  private static final class NoSshConfig implements SshConfigStore {
    @Override
    public HostConfig lookup(String host, int port, String user) {
      return EMPTY_CONFIG;
    }

    @Override
    public HostConfig lookupDefault(String host, int port, String user) {
      return EMPTY_CONFIG;
    }
  }
}
