package dev.fjord.source.remote;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.function.Supplier;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.UploadPack;

/** A real Git server by SSH on the loopback interface, with one user key and one host key. */
final class GitSshServer implements AutoCloseable {
  private final SshServer server = SshServer.setUpDefaultServer();
  private final KeyPair host;
  private volatile String greeting = "";

  GitSshServer(KeyPair host, KeyPair user) throws IOException {
    this.host = host;
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(host));
    server.setPublickeyAuthenticator(
        (name, key, session) -> KeyUtils.compareKeys(key, user.getPublic()));
    server.setCommandFactory((channel, command) -> new Upload(command, () -> greeting));
    server.start();
  }

  /** From now on its shell says this before anything else. */
  void greet(String newGreeting) {
    greeting = newGreeting;
  }

  int port() {
    return server.getPort();
  }

  /** As ssh-keyscan prints it. */
  String knownHostsLine() {
    return knownHostsLine(host);
  }

  String knownHostsLine(KeyPair key) {
    return "[127.0.0.1]:" + port() + " " + PublicKeyEntry.toString(key.getPublic()) + "\n";
  }

  static KeyPair key() throws GeneralSecurityException {
    return KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
  }

  static Path identity(KeyPair key, Path file) throws IOException, GeneralSecurityException {
    try (OutputStream out = Files.newOutputStream(file)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
          key, "fjord", new OpenSSHKeyEncryptionContext(), out);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }

  private static final class Upload extends AbstractCommandSupport {
    private final Supplier<String> greeting;

    Upload(String command, Supplier<String> greeting) {
      super(command, null);
      this.greeting = greeting;
    }

    @Override
    public void run() {
      List<String> words = List.of(getCommand().split(" ", 2));
      Path folder = Path.of(words.get(1).replace("'", ""));
      try (Repository repository = HermeticGit.open(folder)) {
        getOutputStream().write(greeting.get().getBytes(StandardCharsets.UTF_8));
        new UploadPack(repository).upload(getInputStream(), getOutputStream(), getErrorStream());
        onExit(0);
      } catch (IOException | RuntimeException e) {
        onExit(1, e.toString());
      }
    }
  }
}
