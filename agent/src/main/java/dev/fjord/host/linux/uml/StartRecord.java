package dev.fjord.host.linux.uml;

import dev.fjord.file.KernelText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is noted, in a file of root's, of a program that is confined and depends on nobody: by the
 * process that goes into a session of its own, and by bubblewrap ({@code --json-status-fd}), which
 * keeps the descriptor from what it confines. So nothing that is confined can forge it.
 *
 * @param first the process that began it, root's: bubblewrap, or what waits for bubblewrap
 * @param child the first process that is confined, as the host counts; 0 while there is none
 * @param exit as a shell counts it, 128 and the number of a signal; null while it runs, or when
 *     bubblewrap itself was killed
 */
public record StartRecord(long first, long child, @Nullable Integer exit) {
  /** Descriptor that the note is written to: {@link Confinement#noted} names it to bubblewrap. */
  static final int DESCRIPTOR = 3;

  private static final int LIMIT = 8 << 10;
  private static final Pattern FIRST = Pattern.compile("^([0-9]{1,18})\n");
  private static final Pattern CHILD = Pattern.compile("\"child-pid\": ([0-9]{1,18})");
  private static final Pattern EXIT = Pattern.compile("\"exit-code\": ([0-9]{1,3})");

  /**
   * Opens the note and the terminal, goes into a session of its own and becomes the program. In
   * perl(1), since a program is needed that opens a file to write under a number of its own, and a
   * terminal that must not become anybody's controlling one (O_NOCTTY); it has no part that comes
   * from elsewhere. What fails before that is told by its exit status.
   */
  private static final String STARTER =
      """
      use strict; use Fcntl; use POSIX ();
      my ($note, $terminal, @words) = @ARGV;
      my $noted;
      if ($note ne '') {
        $^F = %d;
        sysopen($noted, $note, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600)
          or die "$note: $!\\n";
        fileno($noted) == %d or die "descriptor %d is taken\\n";
      }
      sysopen(my $tty, $terminal, O_RDWR | O_NOCTTY) or die "$terminal: $!\\n";
      my $child = fork;
      defined $child or die "fork: $!\\n";
      POSIX::_exit(0) if $child;
      POSIX::setsid();
      syswrite $noted, "$$\\n" if $noted;
      POSIX::dup2(fileno $tty, $_) for 0 .. 2;
      exec { $words[0] } @words;
      print STDERR "$words[0]: $!\\n";
      POSIX::_exit(127);
      """
          .formatted(DESCRIPTOR, DESCRIPTOR, DESCRIPTOR);

  /**
   * The words that start a program so. They end at once, with 0 when the program begins.
   *
   * @param note a file that is not there yet
   * @param terminal becomes its standard input, output and error
   */
  static List<String> words(Path note, Path terminal, List<String> program) {
    return words(note.toString(), terminal, program);
  }

  /** The same, with nothing noted. */
  public static List<String> words(Path terminal, List<String> program) {
    return words("", terminal, program);
  }

  private static List<String> words(String note, Path terminal, List<String> program) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("perl", "-e", STARTER, note, terminal.toString()));
    words.addAll(program);
    return words;
  }

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
   * process of that number is none.
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
