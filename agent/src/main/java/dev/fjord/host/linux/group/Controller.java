package dev.fjord.host.linux.group;

import java.util.Locale;

/** What a control group bounds, as cgroups(7) names it. */
public enum Controller {
  CPU,
  MEMORY,
  PIDS;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
