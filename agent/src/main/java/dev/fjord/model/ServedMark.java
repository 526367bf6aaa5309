package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * The name by which a name server is asked what it serves: it contains the digest of the file of
 * names, and is itself the file's last line. A server that answers it has read that very file, and
 * no other server knows the name. It lies below {@code invalid}, which no other server is asked
 * about (RFC 6761, section 6.4).
 */
public final class ServedMark {
  /** The domain of all marks. */
  public static final String TOP = "invalid";

  private static final String LINE = "0.0.0.0 ";

  private ServedMark() {}

  /**
   * The whole file for what is to be served.
   *
   * @param names lines in the form of hosts(5), each with its end
   */
  public static String file(String names) {
    return names + LINE + of(names) + "\n";
  }

  /** The mark of {@code names}. */
  public static String of(String names) {
    return "fjord-" + Digest.ofText(names).hex().substring(0, 32) + "." + TOP;
  }

  /**
   * What a file serves besides its mark.
   *
   * @return null when it is not as {@link #file} has it
   */
  public static @Nullable String names(String file) {
    int last = file.lastIndexOf('\n', file.length() - 2) + 1;
    String names = file.substring(0, last);
    return file.equals(file(names)) ? names : null;
  }
}
