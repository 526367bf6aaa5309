package dev.fjord.host.linux.uml;

import dev.fjord.file.KernelText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Starter} and bubblewrap ({@code --json-status-fd}) note, in a file of root's, of
 * a program that is confined and outlives the agent. bubblewrap keeps the descriptor from what it
 * confines, so that nothing confined can forge it.
 *
 * @param first the process that began it, root's: bubblewrap, or what waits for bubblewrap
 * @param child the first process that is confined, as the host counts; 0 while there is none
 * @param exit as a shell counts it, 128 and the number of a signal; null while it runs, or when
 *     bubblewrap itself was killed
 */
public record StartRecord(long first, long child, @Nullable Integer exit) {
  private static final int LIMIT = 8 << 10;
  private static final Pattern FIRST = Pattern.compile("^([0-9]{1,18})\n");
  private static final Pattern CHILD = Pattern.compile("\"child-pid\": ([0-9]{1,18})");
  private static final Pattern EXIT = Pattern.compile("\"exit-code\": ([0-9]{1,3})");

  /** What was noted; null where nothing is yet. */
  static @Nullable StartRecord of(Path note) {
    String text;
    try {
      text = KernelText.read(note.toString(), LIMIT);
    } catch (IOException none) {
      return null;
    }
    Matcher first = FIRST.matcher(text);
    if (!first.find()) {
      return null;
    }
    Matcher child = CHILD.matcher(text);
    Matcher exit = EXIT.matcher(text);
    return new StartRecord(
        Long.parseLong(first.group(1)),
        child.find() ? Long.parseLong(child.group(1)) : 0,
        exit.find() ? Integer.valueOf(exit.group(1)) : null);
  }

  /**
   * Whether its first process is there: root's, with a word that no other one has, so that a later
   * process with that pid does not count.
   */
  boolean lives(String word) {
    return Proc.process(first) != null
        && Proc.uid(Proc.status(first)) == 0
        && Proc.words(first).contains(word);
  }

  /** Whether it has ended, soon after it was started. */
  boolean hasEnded() {
    return exit != null || Proc.process(first) == null;
  }
}
