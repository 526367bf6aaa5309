package dev.fjord.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How an instance's kernel is started: binary, and the whole command line after it. The same values
 * are read back from {@code /proc/PID/cmdline} of a running kernel, and compared.
 *
 * @param binary absolute path of the kernel
 * @param arguments in order, each without white space: UML joins them with spaces
 */
public record KernelInvocation(Path binary, List<String> arguments) {
  /** COMMAND_LINE_SIZE of arch/um/include/asm/setup.h, its NUL included. */
  public static final int LONGEST_COMMAND_LINE = 4096;

  public KernelInvocation {
    arguments = List.copyOf(arguments);
  }

  /** The length of what the kernel joins, its NUL included. */
  public int length() {
    return binary.toString().length()
        + arguments.stream().mapToInt(argument -> argument.length() + 1).sum()
        + 1;
  }

  /**
   * Whether an interface is connected to a switch's daemon, and not to a tap.
   *
   * @param interfaceIndex from 0, in the order of the document
   */
  public boolean isBehindDaemon(int interfaceIndex) {
    return arguments.stream()
        .anyMatch(word -> word.startsWith("eth" + interfaceIndex + "=daemon,"));
  }

  /** The words as {@code exec} takes them. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(binary.toString());
    words.addAll(arguments);
    return words;
  }
}
