package dev.fjord.trust.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.SignaturePolicy;
import dev.fjord.problem.Problem;
import dev.fjord.source.remote.HermeticGit;
import dev.fjord.trust.FirstSeen;
import dev.fjord.trust.git.SignedSite.Trusted;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures of each kind, good and bad: fjord and {@code git verify-commit} agree. */
class SignatureKindsTest {
  @TempDir Path folder;
  private SignedSite site;

  @BeforeEach
  void a_site() throws Exception {
    site = new SignedSite(folder);
  }

  @AfterEach
  void close() {
    site.close();
  }

  @Test
  void takes_the_keys_of_openssh_that_git_takes() throws Exception {
    site.ssh("ed").ssh("p256", "-t", "ecdsa", "-b", "256").ssh("p384", "-t", "ecdsa", "-b", "384");
    site.ssh("p521", "-t", "ecdsa", "-b", "521").ssh("rsa", "-t", "rsa", "-b", "3072");
    String base = base("ed", "p256", "p384", "p521", "rsa");

    for (String who : List.of("ed", "p256", "p384", "p521", "rsa")) {
      agreed(base, site.write("x", who).commit(who), true);
    }
    assertThat(site.text(site.committed("ed", "commit", "-q", "--allow-empty", "-m", "m")))
        .contains("gpgsig -----BEGIN SSH SIGNATURE-----");
  }

  @Test
  void takes_the_keys_of_openpgp_that_git_takes() throws Exception {
    site.gpg("rsa", "rsa3072", "sign", "never").gpg("ed", "ed25519", "sign", "never");
    site.gpg("sub", "ed25519", "cert", "never");
    site.run(
        "gpg",
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--pinentry-mode",
        "loopback",
        "--quick-add-key",
        site.fingerprint("sub"),
        "ed25519",
        "sign",
        "never");
    site.exported("sub");
    String base = base("rsa", "ed", "sub");

    for (String who : List.of("rsa", "ed", "sub")) {
      String commit = site.write("x", who).commit(who);
      agreed(base, commit, true);
      agreed(base, damaged(commit), false);
    }
  }

  @Test
  void refuses_an_openpgp_key_that_has_expired_or_is_unknown() throws Exception {
    site.gpg("ed", "ed25519", "sign", "seconds=3");
    site.gpg("stranger", "ed25519", "sign", "never");
    String base = base("ed");
    String commit = site.write("x", "1").commit("ed");
    // gpg goes by the clock: it is waited for, however long a slow machine takes.
    while (site.isGoodToGit(commit)) {
      Thread.sleep(200);
    }
    agreed(base, commit, false);
    assertThat(said(base, commit)).contains("its key has expired");

    site.git("reset", "-q", "--hard", base);
    String unknown = site.write("x", "1").commit("stranger");
    assertThat(codes(base, unknown)).containsExactly("commit-signer-unknown");
  }

  /** The key's own revocation, as its owner keeps it from the beginning. */
  @Test
  void refuses_an_openpgp_key_that_was_revoked() throws Exception {
    site.gpg("ed", "ed25519", "sign", "never");
    String commit = site.write("x", "1").commit("ed");
    site.revoke("ed");

    assertThat(site.isGoodToGit(commit)).isFalse();
    String site1 = site.exported("ed").site(Trusted.of("ed", "**"));
    assertThat(SignaturePolicies.read(site1.getBytes(StandardCharsets.UTF_8)).problems())
        .singleElement()
        .extracting(Problem::summary, InstanceOfAssertFactories.STRING)
        .contains("spec.signers[0].keys[0].openpgp", "the key has been revoked");
  }

  @Test
  void refuses_what_was_altered_or_is_by_another_key() throws Exception {
    site.ssh("ed").ssh("other");
    String base = base("ed");
    String commit = site.write("x", "1").commit("ed");

    agreed(base, damaged(commit), false);
    String text = site.text(commit);
    agreed(
        base, site.raw(text.replace("gpgsig -----BEGIN SSH", "gpgsig -----BEGIN OPENSSH")), false);
    agreed(base, site.raw(text.replaceFirst("\n U1NIU0lH", "\n U1NIU0lJ")), false);
    assertThat(codes(base, site.write("x", "2").commit("other"))).contains("commit-signer-unknown");
  }

  @Test
  void refuses_two_signatures_though_git_may_take_them() throws Exception {
    site.ssh("ed");
    String base = base("ed");
    String text = site.text(site.write("x", "1").commit("ed"));
    int from = text.indexOf("gpgsig ");
    int to = text.indexOf("-----END SSH SIGNATURE-----\n") + 28;
    String twice = text.substring(0, to) + text.substring(from);

    assertThat(codes(base, site.raw(twice))).containsExactly("commit-malformed");
    String sha256 = text.substring(0, from) + "gpgsig-sha256 x\n" + text.substring(from);
    assertThat(codes(base, site.raw(sha256))).containsExactly("commit-malformed");
  }

  @Test
  void refuses_a_certificate() throws Exception {
    site.ssh("ca").ssh("ed");
    String base = base("ed");
    site.run(
        "ssh-keygen",
        "-q",
        "-s",
        site.key("ca").toString(),
        "-I",
        "ed",
        "-n",
        "ed",
        site.key("ed") + ".pub");
    Path certificate = Path.of(site.key("ed") + "-cert.pub");
    Files.copy(site.key("ed"), site.key("cert"));
    Files.copy(certificate, Path.of(site.key("cert") + ".pub"));
    String commit = site.write("x", "1").commit("cert");

    agreed(base, commit, false);
    assertThat(said(base, commit)).contains("it is by a certificate, and fjord trusts keys alone");
  }

  /** A key of the JDK signs what no ssh-keygen would. */
  @Test
  void refuses_other_namespaces_and_digests() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] key = parts("ssh-ed25519".getBytes(StandardCharsets.US_ASCII), raw(pair));
    site.known("jdk", "ssh-ed25519 " + Base64.getEncoder().encodeToString(key) + " jdk");
    String base = base("jdk");
    String unsigned = site.text(site.write("x", "1").commit(null));

    agreed(base, signed(unsigned, pair, key, "git", "sha512", "SHA-512"), true);
    agreed(base, signed(unsigned, pair, key, "git", "sha256", "SHA-256"), true);
    agreed(base, signed(unsigned, pair, key, "file", "sha512", "SHA-512"), false);
    agreed(base, signed(unsigned, pair, key, "git", "md5", "MD5"), false);
    agreed(base, signed(unsigned, pair, key, "git", "sha-1", "SHA-1"), false);
  }

  @Test
  void takes_a_security_key_that_was_touched() throws Exception {
    String type = "sk-ssh-ed25519@openssh.com";
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] ssh = "ssh:".getBytes(StandardCharsets.US_ASCII);
    byte[] key = parts(type.getBytes(StandardCharsets.US_ASCII), raw(pair), ssh);
    site.known("sk", type + " " + Base64.getEncoder().encodeToString(key) + " sk");
    String base = base("sk");
    String unsigned = site.text(site.write("x", "1").commit(null));
    byte[] toSign = toSign(unsigned, "git", "sha512", "SHA-512");

    for (int touched = 0; touched < 2; touched++) {
      byte[] end = ByteBuffer.allocate(5).put((byte) touched).putInt(7).array();
      byte[] made = sign(pair, joined(sha256(ssh), end, sha256(toSign)));
      byte[] signature = joined(parts(type.getBytes(StandardCharsets.US_ASCII), made), end);
      String commit = site.raw(with(unsigned, envelope(key, "git", "sha512", signature)));
      if (touched == 1) {
        agreed(base, commit, true);
      } else {
        assertThat(codes(base, commit)).containsExactly("commit-signature-bad");
      }
      byte[] longer = joined(signature, new byte[1]);
      agreed(base, site.raw(with(unsigned, envelope(key, "git", "sha512", longer))), false);
    }
  }

  private String base(String... who) throws Exception {
    site.write(
        "fjord.yaml",
        site.site(Arrays.stream(who).map(one -> Trusted.of(one, "**")).toArray(Trusted[]::new)));
    return site.commit(null);
  }

  private void agreed(String base, String commit, boolean good) throws Exception {
    assertThat(site.isGoodToGit(commit)).as("git on %s", site.text(commit)).isEqualTo(good);
    assertThat(judged(base, commit).isEmpty())
        .as("fjord: %s", judged(base, commit))
        .isEqualTo(good);
  }

  private String damaged(String commit) {
    return site.raw(site.text(commit).replace("Somebody <", "Somebody else <"));
  }

  private List<Problem> judged(String base, String tip) throws Exception {
    try (var git = HermeticGit.open(site.folder().resolve(".git"));
        var check =
            new CommitCheck(
                git, SignaturePolicies::read, List.of(), FirstSeen.always(Instant.now()))) {
      return check
          .judge(ObjectId.fromString(base), ObjectId.fromString(tip), SignaturePolicy.NONE)
          .all()
          .stream()
          .filter(problem -> problem.summary().contains(tip.substring(0, 12)))
          .toList();
    }
  }

  private List<String> codes(String base, String tip) throws Exception {
    return judged(base, tip).stream().map(Problem::code).toList();
  }

  private String said(String base, String tip) throws Exception {
    return judged(base, tip).toString();
  }

  // PROTOCOL.sshsig and PROTOCOL.u2f of OpenSSH.

  private String signed(
      String unsigned, KeyPair pair, byte[] key, String namespace, String hash, String digest)
      throws Exception {
    byte[] made = sign(pair, toSign(unsigned, namespace, hash, digest));
    byte[] signature = parts("ssh-ed25519".getBytes(StandardCharsets.US_ASCII), made);
    return site.raw(with(unsigned, envelope(key, namespace, hash, signature)));
  }

  private static byte[] toSign(String unsigned, String namespace, String hash, String digest)
      throws Exception {
    byte[] hashed =
        MessageDigest.getInstance(digest).digest(unsigned.getBytes(StandardCharsets.ISO_8859_1));
    return joined(
        "SSHSIG".getBytes(StandardCharsets.US_ASCII),
        parts(
            namespace.getBytes(StandardCharsets.US_ASCII),
            new byte[0],
            hash.getBytes(StandardCharsets.US_ASCII),
            hashed));
  }

  private static String envelope(byte[] key, String namespace, String hash, byte[] signature) {
    byte[] all =
        joined(
            "SSHSIG".getBytes(StandardCharsets.US_ASCII),
            new byte[] {0, 0, 0, 1},
            parts(
                key,
                namespace.getBytes(StandardCharsets.US_ASCII),
                new byte[0],
                hash.getBytes(StandardCharsets.US_ASCII),
                signature));
    String base64 =
        Base64.getMimeEncoder(70, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(all);
    return "-----BEGIN SSH SIGNATURE-----\n" + base64 + "\n-----END SSH SIGNATURE-----";
  }

  private static String with(String unsigned, String signature) {
    int message = unsigned.indexOf("\n\n") + 1;
    return unsigned.substring(0, message)
        + "gpgsig "
        + signature.replace("\n", "\n ")
        + "\n"
        + unsigned.substring(message);
  }

  private static byte[] sign(KeyPair pair, byte[] data) throws Exception {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(data);
    return signer.sign();
  }

  private static byte[] sha256(byte[] data) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(data);
  }

  private static byte[] raw(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  private static byte[] parts(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
