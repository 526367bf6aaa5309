package dev.fjord.host.linux.uml;

import static java.util.stream.Collectors.joining;

import dev.fjord.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts a program that outlives the agent. A process enters a network namespace, waits until it
 * may begin, opens a note and a terminal, enters a session of its own, and becomes the program.
 *
 * <p>In perl(1), one constant text, since a program is needed that opens a file to write under a
 * number of its own, and a terminal that must not become a controlling one (O_NOCTTY). unshare(1),
 * nsenter(1), xargs(1), choom(1), prlimit(1), setarch(1) and flock(1), each of which does a part of
 * it, would have to be loaded one after the other, and perl's POSIX takes longer still: ten
 * milliseconds of processor time for each start. So it uses no module and asks the kernel by
 * numbers, which are x86-64's (arch/x86/entry/syscalls/syscall_64.tbl), as the filters of {@link
 * SyscallFilter} do.
 */
public final class Starter {
  /** Descriptor that the note is written to: {@link Confinement#noted} names it to bubblewrap. */
  static final int DESCRIPTOR = 3;

  private static final String OWN_NAMESPACE = "new";

  /** Its exit status and standard error report what fails before the session is begun. */
  private static final String PROGRAM =
      """
      my ($where, $note, $terminal, $score, $limits, $persona, $calls, @words) = @ARGV;
      my ($noted, $filter);
      if ($where eq '%s') {
        syscall(272, 0x40000000) == 0 or die "unshare: $!\\n";
      } elsif ($where ne '') {
        open(my $namespace, '<', $where) or die "$where: $!\\n";
        syscall(308, fileno $namespace, 0x40000000) == 0 or die "$where: $!\\n";
      }
      defined readline(STDIN) or die "not told to begin\\n";
      $^F = %d + ($note ne '') + ($calls ne '');
      if ($note ne '') { # O_WRONLY | O_CREAT | O_EXCL | O_APPEND
        sysopen($noted, $note, 02301, 0600) or die "$note: $!\\n";
        fileno($noted) == %d or die "descriptor %d is taken\\n";
      }
      if ($calls ne '') {
        open($filter, '<', $calls) or die "$calls: $!\\n";
        fileno($filter) == $^F or die "descriptor $^F is taken\\n";
      }
      if ($score ne '') {
        open(my $adjusted, '>', '/proc/self/oom_score_adj') or die "oom_score_adj: $!\\n";
        syswrite($adjusted, $score) or die "oom_score_adj: $!\\n";
      }
      for (split /,/, $limits) {
        my ($which, $most) = split /=/;
        syscall(160, $which + 0, pack('QQ', $most, $most)) == 0 or die "limit $_: $!\\n";
      }
      syscall(135, $persona + 0) >= 0 or die "personality: $!\\n" if $persona ne '';
      sysopen(my $tty, $terminal, 0402) or die "$terminal: $!\\n"; # O_RDWR | O_NOCTTY
      my $child = fork;
      defined $child or die "fork: $!\\n";
      exit 0 if $child;
      syscall(112); # setsid
      syswrite $noted, "$$\\n" if $noted;
      syscall(33, fileno $tty, $_ + 0) for 0 .. 2; # dup2
      exec { $words[0] } @words;
      syswrite STDERR, "$words[0]: $!\\n";
      exit 127;
      """
          .formatted(OWN_NAMESPACE, DESCRIPTOR - 1, DESCRIPTOR, DESCRIPTOR);

  private final String where;

  private Starter(String where) {
    this.where = where;
  }

  /** Begins where the agent is. */
  static Starter here() {
    return new Starter("");
  }

  /** Begins in a new network namespace with nothing in it. */
  public static Starter apart() {
    return new Starter(OWN_NAMESPACE);
  }

  /** Begins in the network namespace of a process. */
  public static Starter beside(long pid) {
    return new Starter("/proc/" + pid + "/ns/net");
  }

  /**
   * What is to begin.
   *
   * @param words program and arguments
   * @param oomScore see proc_pid_oom_score_adj(5); null leaves it
   * @param limits by number of the resource (asm-generic/resource.h)
   * @param personality see personality(2); null leaves it
   * @param calls a file that the program has open, as the first descriptor behind those that it has
   *     anyway; null for none
   */
  record Begun(
      List<String> words,
      @Nullable Integer oomScore,
      Map<Integer, Long> limits,
      @Nullable Integer personality,
      @Nullable Path calls) {
    Begun {
      words = List.copyOf(words);
      limits = Map.copyOf(limits);
    }

    static Begun of(List<String> words) {
      return new Begun(words, null, Map.of(), null, null);
    }

    /** The same, begun by what these words run. */
    Begun by(List<String> around) {
      List<String> all = new ArrayList<>(around);
      all.addAll(words);
      return new Begun(all, oomScore, limits, personality, calls);
    }
  }

  /** As the other, with nothing noted and nothing set. */
  public void start(Path terminal, List<String> words, LongConsumer prepare) {
    start("", terminal, Begun.of(words), prepare);
  }

  /**
   * Starts a program, and returns when it has begun.
   *
   * @param note a file that is not there yet, see {@link StartRecord}
   * @param terminal becomes its standard input, output and error
   * @param prepare called with the id of the process that holds still, perhaps before that is where
   *     it is to be. It goes on when this returns; when it throws, or the agent ends, nothing
   *     begins
   */
  void start(Path note, Path terminal, Begun begun, LongConsumer prepare) {
    start(note.toString(), terminal, begun, prepare);
  }

  private void start(String note, Path terminal, Begun begun, LongConsumer prepare) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("perl", "-e", PROGRAM, "--", where, note, terminal.toString()));
    words.add(begun.oomScore == null ? "" : begun.oomScore.toString());
    words.add(
        begun.limits.entrySet().stream()
            .map(limit -> limit.getKey() + "=" + limit.getValue())
            .sorted()
            .collect(joining(",")));
    words.add(begun.personality == null ? "" : begun.personality.toString());
    words.add(begun.calls == null ? "" : begun.calls.toString());
    words.addAll(begun.words);
    Command.of(words).input("begin\n").output(prepare);
  }
}
