package dev.fjord.trust.ssh;

import dev.fjord.model.Digest;
import dev.fjord.problem.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * What is around a signature of OpenSSH (PROTOCOL.sshsig of its sources), read as strictly as
 * ssh-keygen(1) does.
 */
final class Envelope {
  static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
  private static final String END = "-----END SSH SIGNATURE-----";
  private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
  private static final String NAMESPACE = "git";
  private static final int VERSION = 1;
  private static final String SECURITY_KEY = "sk-";

  /** Of each type of key, the algorithms of its signatures; ssh-rsa's own is by SHA-1. */
  private static final Map<String, Set<String>> ALGORITHMS =
      Map.of(
          "ssh-ed25519", Set.of("ssh-ed25519"),
          "ssh-rsa", Set.of("rsa-sha2-256", "rsa-sha2-512"),
          "ecdsa-sha2-nistp256", Set.of("ecdsa-sha2-nistp256"),
          "ecdsa-sha2-nistp384", Set.of("ecdsa-sha2-nistp384"),
          "ecdsa-sha2-nistp521", Set.of("ecdsa-sha2-nistp521"),
          "sk-ssh-ed25519@openssh.com", Set.of("sk-ssh-ed25519@openssh.com"),
          "sk-ecdsa-sha2-nistp256@openssh.com", Set.of("sk-ecdsa-sha2-nistp256@openssh.com"));

  private final byte[] key;
  private final String hash;
  private final String algorithm;
  private final byte[] signature;

  private Envelope(byte[] key, String hash, String algorithm, byte[] signature) {
    this.key = key;
    this.hash = hash;
    this.algorithm = algorithm;
    this.signature = signature;
  }

  /** The public key as it is encoded. */
  byte[] key() {
    return key;
  }

  /** By which the signature says that it was made. */
  String algorithm() {
    return algorithm;
  }

  /** With its algorithm before it. */
  byte[] signature() {
    return signature;
  }

  static boolean isKey(String type) {
    return ALGORITHMS.containsKey(type);
  }

  boolean isOfSecurityKey() {
    return algorithm.startsWith(SECURITY_KEY);
  }

  /**
   * Reads one.
   *
   * @throws IOException with what is wrong with it
   */
  static Envelope of(byte[] armored) throws IOException {
    ByteBuffer parts = ByteBuffer.wrap(bytes(armored));
    try {
      byte[] magic = new byte[MAGIC.length];
      parts.get(magic);
      int version = parts.getInt();
      if (!Arrays.equals(magic, MAGIC) || version != VERSION) {
        throw new IOException("it is of a version that is not known");
      }
      byte[] key = next(parts);
      String type = text(next(ByteBuffer.wrap(key)));
      if (!isKey(type)) {
        throw new IOException(
            type.contains("-cert-")
                ? "it is by a certificate, and fjord trusts keys alone"
                : "it is by a key of type " + Printable.quote(type) + ", which is not taken");
      }
      String namespace = text(next(parts));
      if (!namespace.equals(NAMESPACE)) {
        throw new IOException(
            "it is for " + Printable.quote(namespace) + ", and one of a commit is for 'git'");
      }
      if (next(parts).length > 0) {
        throw new IOException("it has a part that is not known");
      }
      String hash = text(next(parts));
      if (!hash.equals("sha256") && !hash.equals("sha512")) {
        throw new IOException(
            "its digest is " + Printable.quote(hash) + ", and only sha256 and sha512 are taken");
      }
      byte[] signature = next(parts);
      String algorithm = text(next(ByteBuffer.wrap(signature)));
      if (parts.hasRemaining()) {
        throw new IOException("something follows it");
      }
      if (!ALGORITHMS.getOrDefault(type, Set.of()).contains(algorithm)) {
        throw new IOException(
            "its algorithm is " + Printable.quote(algorithm) + ", which is not taken of " + type);
      }
      return new Envelope(key, hash, algorithm, signature).withRightEnd();
    } catch (BufferUnderflowException e) {
      throw new IOException("it is cut short", e);
    }
  }

  /** What is inside of a signature by a security key: two parts, flags and a counter. */
  private Envelope withRightEnd() throws IOException {
    ByteBuffer parts = ByteBuffer.wrap(signature);
    next(parts);
    next(parts);
    int rest = isOfSecurityKey() ? Byte.BYTES + Integer.BYTES : 0;
    if (parts.remaining() != rest) {
      throw new IOException("it is longer or shorter than it says");
    }
    return this;
  }

  private static byte[] bytes(byte[] armored) throws IOException {
    String text = new String(armored, StandardCharsets.US_ASCII).strip();
    if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
      throw new IOException("it is no signature of OpenSSH");
    }
    String inside = text.substring(BEGIN.length(), text.length() - END.length());
    try {
      return Base64.getDecoder().decode(inside.replaceAll("[\r\n]", ""));
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no base64", e);
    }
  }

  private static byte[] next(ByteBuffer parts) {
    int length = parts.getInt();
    if (length < 0 || length > parts.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    parts.get(bytes);
    return bytes;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** What was signed in the place of a payload. */
  byte[] signed(byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    append(out, NAMESPACE.getBytes(StandardCharsets.US_ASCII));
    append(out, new byte[0]);
    append(out, hash.getBytes(StandardCharsets.US_ASCII));
    append(out, hasher().digest(payload));
    return out.toByteArray();
  }

  private MessageDigest hasher() {
    try {
      return hash.equals("sha256") ? Digest.hasher() : MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-512", impossible);
    }
  }

  private static void append(ByteArrayOutputStream out, byte[] part) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
    out.writeBytes(part);
  }
}
