package dev.fjord.host.linux.uml;

import dev.fjord.file.KernelText;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How pressed this host's processors are, as its kernel measures it
 * (Documentation/accounting/psi.rst).
 */
final class CpuPressure {
  private static final int LIMIT = 4 << 10;
  private static final Pattern SOME = Pattern.compile("^some avg10=([0-9]{1,3}\\.[0-9]{2}) ");

  private final String file;

  CpuPressure() {
    this("/proc/pressure/cpu");
  }

  CpuPressure(String file) {
    this.file = file;
  }

  /**
   * The share of the last ten seconds in which something waited for a processor, from 0 to 1; not a
   * number where the kernel does not report it.
   */
  double share() {
    try {
      Matcher some = SOME.matcher(KernelText.read(file, LIMIT));
      return some.find() ? Double.parseDouble(some.group(1)) / 100 : Double.NaN;
    } catch (IOException unknownToThisKernel) {
      return Double.NaN;
    }
  }
}
