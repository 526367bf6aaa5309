package dev.fjord.load.document;

import dev.fjord.model.KeyId;
import dev.fjord.model.PathPattern;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SignaturePolicy;
import dev.fjord.model.Signer;
import dev.fjord.model.SigningKey;
import dev.fjord.problem.Printable;
import dev.fjord.trust.PolicyReader;
import dev.fjord.trust.openpgp.OpenPgpKeys;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads who signs commits. */
final class SignersReader {
  private static final String OFF = "off";

  /** Of {@code 2026-12-31} and of {@code 2026-12-31T18:00Z}. */
  private static final int DAY = 10;

  private static final int MINUTES = 17;

  private final Set<ResourceName> names = new HashSet<>();
  private final Map<KeyId, ResourceName> holders = new HashMap<>();

  private SignersReader() {}

  /** What a Site says. */
  static SignaturePolicy policy(Part spec) {
    Part signers = spec.field("signers");
    Part signatures = spec.field("signatures");
    List<Signer> read = signers(signers);
    if (read.isEmpty()) {
      if (signers.isAbsent() && "required".equals(signatures.text())) {
        signatures.report(
            "no-signers", "signatures of nobody are required", "name those who sign: 'signers'");
      }
      return SignaturePolicy.NONE;
    }
    if (read.stream().noneMatch(SignersReader::mayChangeSigners)) {
      signers.report(
          "signers-locked",
          "no signer with a key that is not revoked may change " + PolicyReader.FILE,
          "keys could never be added or replaced again: give one of them the path '"
              + PolicyReader.FILE
              + "' or '**'");
    }
    return new SignaturePolicy(!OFF.equals(signatures.text()), read);
  }

  private static boolean mayChangeSigners(Signer signer) {
    return signer.mayChange(PolicyReader.FILE)
        && signer.keys().stream().anyMatch(key -> key.revoked() == null);
  }

  /** A list of signers; those with a fault, which has been reported, are left out. */
  static List<Signer> signers(Part list) {
    SignersReader reader = new SignersReader();
    return list.items().stream().map(reader::signer).filter(Objects::nonNull).toList();
  }

  private @Nullable Signer signer(Part part) {
    ResourceName name = part.field("name").read(ResourceName::parse);
    List<PathPattern> paths = new ArrayList<>();
    for (Part path : part.field("paths").items()) {
      PathPattern read = path.read(PathPattern::parse);
      if (read != null) {
        paths.add(read);
      }
    }
    List<Signer.Key> keys = new ArrayList<>();
    for (Part key : part.field("keys").items()) {
      Signer.Key read = key(key);
      if (read != null && name != null && isNew(key, read.key().id(), name)) {
        keys.add(read);
      }
    }
    if (name == null || paths.isEmpty() || keys.isEmpty()) {
      return null;
    }
    if (!names.add(name)) {
      part.field("name").report("duplicate-signer", "there are two signers " + name, null);
      return null;
    }
    return new Signer(name, paths, keys);
  }

  private boolean isNew(Part part, KeyId key, ResourceName signer) {
    ResourceName holder = holders.putIfAbsent(key, signer);
    if (holder != null) {
      part.report(
          "duplicate-signer",
          "key " + key + " is one of " + holder + " already",
          "a key has one signer, so that it is clear what it may change");
    }
    return holder == null;
  }

  private static Signer.@Nullable Key key(Part part) {
    Part ssh = part.field("ssh");
    Part openPgp = part.field("openpgp");
    if (ssh.isAbsent() == openPgp.isAbsent()) {
      part.report(
          "bad-key", "it has either 'ssh' or 'openpgp'", "write each key as an item of its own");
      return null;
    }
    SigningKey key =
        ssh.isAbsent() ? openPgp.read(OpenPgpKeys::parse) : ssh.read(SigningKey.Ssh::parse);
    if (key == null) {
      return null;
    }
    Instant from = part.field("from").read(SignersReader::begin);
    Instant until = part.field("until").read(SignersReader::end);
    if (from != null && until != null && !from.isBefore(until)) {
      part.field("until").report("bad-moment", "it ends before it begins", null);
    }
    return new Signer.Key(key, from, until, part.field("revoked").read(SignersReader::begin));
  }

  private static Instant begin(String text) {
    return moment(text, Duration.ZERO);
  }

  private static Instant end(String text) {
    return moment(text, Duration.ofDays(1));
  }

  private static Instant moment(String text, Duration ofDay) {
    try {
      return switch (text.length()) {
        case DAY -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().plus(ofDay);
        case MINUTES -> Instant.parse(text.substring(0, MINUTES - 1) + ":00Z");
        default -> Instant.parse(text);
      };
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(Printable.quote(text) + " is no day of the calendar", e);
    }
  }
}
