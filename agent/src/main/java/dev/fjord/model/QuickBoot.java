package dev.fjord.model;

import java.util.List;

/**
 * Words for a kernel's command line that skip what takes most of its boot and hardly any guest
 * needs. A kernel ignores a word that it does not know.
 *
 * <p>{@code pty.legacy_count=0}: Debian's kernels make 256 pairs of terminals of BSD's old kind
 * (CONFIG_LEGACY_PTYS, drivers/tty/pty.c), half of a boot; those of {@code /dev/pts}, which every
 * program uses, are not touched.
 *
 * <p>{@code initcall_blacklist=raid6_select_algo}: the kernel does not measure how RAID-6 is
 * computed best (lib/raid6/algos.c), a third of a boot. Without it a kernel of 6.1.176 panics when
 * RAID-6 is written, by md or by btrfs; RAID-5 works in both. See {@link Kernel#raid6}.
 */
public final class QuickBoot {
  private static final String TERMINALS = "pty.legacy_count=0";
  private static final String MEASURED = "initcall_blacklist=raid6_select_algo";

  private QuickBoot() {}

  /**
   * The words.
   *
   * @param raid6 whether a guest may use RAID-6
   */
  public static List<String> words(boolean raid6) {
    return raid6 ? List.of(TERMINALS) : List.of(TERMINALS, MEASURED);
  }
}
