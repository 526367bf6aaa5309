package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names that no machine may have: those that every host has for itself, those that programs look up
 * by themselves and whose answer they obey, and the top-level names that are kept for a meaning of
 * their own.
 */
public final class ReservedNames {
  /**
   * Domains that no other name server is asked about: by their definition they are not registered
   * in the public name space. RFC 6761 (localhost, invalid, test), RFC 6762 (local), RFC 7686
   * (onion), RFC 8375 (home.arpa), RFC 9476 (alt), and ICANN's resolution 2024.07.29.06 (internal).
   */
  private static final List<String> PRIVATE =
      List.of("localhost", "invalid", "test", "local", "onion", "home.arpa", "alt", "internal");

  private ReservedNames() {}

  /**
   * Why no machine may have {@code name}.
   *
   * @param name a name or a domain name, in lower case; its first label counts
   * @return null where one may
   */
  public static @Nullable String reason(String name) {
    String label = name.split("\\.", 2)[0];
    if (label.startsWith("localhost") || label.equals("localdomain")) {
      return "it is every machine's name for itself (RFC 6761, section 6.3)";
    } else if (label.startsWith("ip6-") || label.equals("broadcasthost")) {
      return "systems define it in their own hosts(5)";
    } else if (label.equals("wpad")) {
      return "browsers ask for it by themselves and send all of their traffic where its answer says"
          + " (Web Proxy Auto-Discovery)";
    } else if (label.equals("isatap")) {
      return "systems ask for it by themselves and tunnel their IPv6 to whoever has it (RFC 5214)";
    }
    return switch (label) {
      case "local" -> "what ends in it is asked by multicast (RFC 6762)";
      case "onion" -> "it is kept for Tor (RFC 7686)";
      case "invalid" -> "it is kept for names that mean nothing (RFC 6761, section 6.4)";
      case "arpa" -> "it is kept for the name system itself (RFC 3172)";
      case "internal" -> "it is kept for private domains";
      default -> null;
    };
  }

  /**
   * Whether {@code domain} lies below a name that no public server knows: queries for it are
   * answered here or nowhere.
   */
  public static boolean isPrivate(String domain) {
    return PRIVATE.stream().anyMatch(top -> domain.equals(top) || domain.endsWith("." + top));
  }

  /**
   * Why no switch may have {@code domain}.
   *
   * @return null where one may
   */
  public static @Nullable String domainReason(String domain) {
    String top = domain.substring(domain.lastIndexOf('.') + 1);
    return switch (top) {
      case "localhost", "onion", "invalid" -> reason(top);
      case "arpa" ->
          domain.equals("home.arpa") || domain.endsWith(".home.arpa") ? null : reason(top);
      default -> null;
    };
  }
}
