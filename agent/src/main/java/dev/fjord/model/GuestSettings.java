package dev.fjord.model;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a guest gets at its start from the first program that its kernel runs, so that
 * no image has to know of fjord.
 *
 * @param timeZone a name of the time zone database; null for the image's own
 * @param modules names of its kernel's modules that are loaded, with {@code _} for each {@code -},
 *     as the kernel has them; with one or more, all modules of the kernel are there to be loaded
 */
public record GuestSettings(@Nullable String timeZone, List<String> modules) {
  /** Whatever the image has, and no module but what the guest's network needs. */
  public static final GuestSettings USUAL = new GuestSettings(null, List.of());

  /** MODULE_NAME_LEN of linux/moduleparam.h is 56, with its NUL. */
  private static final Pattern MODULE = Pattern.compile("[_a-zA-Z0-9]{1,55}");

  /** Records of older agents have none. */
  @SuppressWarnings("NullAway")
  public GuestSettings {
    modules = modules == null ? List.of() : List.copyOf(modules);
  }

  /**
   * A module's name as the kernel has it.
   *
   * @throws IllegalArgumentException when it cannot be the name of one
   */
  public static String module(String text) {
    String name = text.replace('-', '_');
    if (!MODULE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no name of a module: letters, digits, '_' and '-', 55 at most");
    }
    return name;
  }
}
