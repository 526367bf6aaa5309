package dev.fjord.trust.git;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A repository whose commits are made and signed by the real git, ssh-keygen and gpg, with a home
 * folder of its own.
 */
public final class SignedSite implements AutoCloseable {
  private final Path home;
  private final Path clone;
  private final Map<String, String> sshKeys = new LinkedHashMap<>();
  private final Map<String, String> pgpKeys = new LinkedHashMap<>();
  private int commits;

  public SignedSite(Path folder) throws IOException {
    home = Files.createDirectories(folder.resolve("home"));
    clone = folder.resolve("clone");
    Files.createDirectories(gnupg());
    run("chmod", "700", gnupg().toString());
    run("git", "init", "-q", "-b", "main", clone.toString());
    git("config", "user.name", "Somebody");
    git("config", "user.email", "somebody@example.org");
  }

  public Path folder() {
    return clone;
  }

  private Path gnupg() {
    return home.resolve("gnupg");
  }

  /** Makes a key of OpenSSH. */
  public SignedSite ssh(String who, String... type) {
    List<String> words = new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", who));
    words.addAll(type.length == 0 ? List.of("-t", "ed25519") : List.of(type));
    words.addAll(List.of("-f", key(who).toString()));
    run(words.toArray(String[]::new));
    try {
      sshKeys.put(who, Files.readString(Path.of(key(who) + ".pub")).strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  public Path key(String who) {
    return home.resolve(who + ".key");
  }

  public String publicKey(String who) {
    return sshKeys.get(who);
  }

  /** Takes a key that a test made, so that git knows it, too. */
  public SignedSite known(String who, String publicKey) {
    sshKeys.put(who, publicKey);
    return this;
  }

  /** Makes a key of OpenPGP. */
  public SignedSite gpg(String who, String algorithm, String usage, String expires) {
    run(
        "gpg",
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--pinentry-mode",
        "loopback",
        "--quick-generate-key",
        who + "@example.org",
        algorithm,
        usage,
        expires);
    return exported(who);
  }

  /** Takes the key as gpg has it now. */
  public SignedSite exported(String who) {
    pgpKeys.put(who, run("gpg", "--export", "--armor", who + "@example.org"));
    return this;
  }

  /** Revokes a key by the certificate that gpg made together with it. */
  public void revoke(String who) throws IOException {
    Path made = gnupg().resolve("openpgp-revocs.d").resolve(fingerprint(who) + ".rev");
    Path usable = home.resolve("revocation");
    Files.writeString(usable, Files.readString(made).replace(":-----BEGIN", "-----BEGIN"));
    run("gpg", "--batch", "--quiet", "--import", usable.toString());
  }

  public String fingerprint(String who) {
    return run("gpg", "--list-keys", "--with-colons", who + "@example.org")
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":", -1)[9];
  }

  /** A Site with signers; each is {@code NAME PATHS...} and may have lines for its key. */
  public String site(Trusted... signers) {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: fjord.dev/v1
            kind: Site
            metadata: {name: slart}
            spec:
              deletionBudget: 9
            """);
    text.append(signers.length == 0 ? "" : "  signers:\n");
    for (Trusted signer : signers) {
      text.append(signerYaml(signer).indent(4));
    }
    return text.toString();
  }

  public String signerYaml(Trusted signer) {
    StringBuilder text = new StringBuilder();
    text.append("- name: ").append(signer.who()).append("\n  paths: [");
    text.append(String.join(", ", signer.paths().stream().map(path -> '"' + path + '"').toList()));
    text.append("]\n  keys:\n");
    if (sshKeys.containsKey(signer.who())) {
      text.append("    - ssh: ").append(sshKeys.get(signer.who())).append('\n');
    } else {
      text.append("    - openpgp: |\n").append(pgpKeys.get(signer.who()).indent(10));
    }
    if (!signer.more().isEmpty()) {
      text.append("      ").append(signer.more()).append('\n');
    }
    return text.toString();
  }

  /**
   * Somebody to be named in a Site.
   *
   * @param more a line beside the key: {@code revoked: 2026-01-01}
   */
  public record Trusted(String who, List<String> paths, String more) {
    public static Trusted of(String who, String... paths) {
      return new Trusted(who, List.of(paths), "");
    }

    public Trusted with(String line) {
      return new Trusted(who, paths, line);
    }
  }

  public SignedSite write(String path, String content) throws IOException {
    Path file = clone.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return this;
  }

  /** Commits all that was written; null signs it with nothing. */
  public String commit(@Nullable String who) {
    git("add", "-A");
    return committed(who, "commit", "-q", "--allow-empty", "-m", "Commit " + commits++);
  }

  /** Any command of git that commits. */
  public String committed(@Nullable String who, String... words) {
    List<String> all = new ArrayList<>(List.of("-c", "gpg.format=" + format(who)));
    if (who != null) {
      all.addAll(List.of("-c", "user.signingkey=" + signingKey(who)));
    }
    all.addAll(List.of("-c", "commit.gpgsign=" + (who != null)));
    all.addAll(List.of(words));
    git(all.toArray(String[]::new));
    return git("rev-parse", "HEAD").strip();
  }

  private String format(@Nullable String who) {
    return who != null && pgpKeys.containsKey(who) ? "openpgp" : "ssh";
  }

  private String signingKey(String who) {
    return pgpKeys.containsKey(who) ? who + "@example.org" : key(who) + ".pub";
  }

  /** A commit object of exactly these bytes; no ref names it. */
  public String raw(byte[] content) {
    try {
      Path file = Files.write(home.resolve("raw"), content);
      return git("hash-object", "-t", "commit", "-w", "--literally", file.toString()).strip();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A tree of the lines that ls-tree prints. */
  public String tree(String lines) {
    return command("git", "-C", clone.toString(), "mktree").input(lines).output().strip();
  }

  public String raw(String content) {
    return raw(content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  /** The bytes of a commit, a character each. */
  public String text(String commit) {
    return git("cat-file", "commit", commit);
  }

  /** Whether git takes a commit's signature for a good one, with all keys of this site known. */
  public boolean isGoodToGit(String commit) throws IOException {
    StringBuilder allowed = new StringBuilder();
    sshKeys.forEach(
        (who, key) -> allowed.append(who).append(" namespaces=\"git\" ").append(key).append('\n'));
    Path file = Files.writeString(home.resolve("allowed_signers"), allowed);
    return command(
                "git",
                "-C",
                clone.toString(),
                "-c",
                "gpg.ssh.allowedSignersFile=" + file,
                "-c",
                "gpg.minTrustLevel=undefined",
                "verify-commit",
                commit)
            .run()
            .exit()
        == 0;
  }

  public String git(String... words) {
    List<String> all = new ArrayList<>(List.of("git", "-C", clone.toString()));
    all.addAll(List.of(words));
    return command(all.toArray(String[]::new)).output();
  }

  public String run(String... words) {
    return command(words).output();
  }

  private Command command(String... words) {
    return Command.of(words)
        .with("HOME", home.toString())
        .with("GNUPGHOME", gnupg().toString())
        .with("GIT_CONFIG_NOSYSTEM", "1")
        .with("LC_ALL", "C.UTF-8");
  }

  @Override
  public void close() {
    command("gpgconf", "--kill", "all").run();
  }
}
