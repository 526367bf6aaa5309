package dev.fjord.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fjord.app.Wiring;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A JVM that runs one command line of fjord after another: a command of its own process spends more
 * of a processor on loading and compiling classes than on what a test asks of it, hundreds of
 * times.
 *
 * <p>It is the same command line as {@link Fjord#main}'s. Each has a thread, a terminal and a
 * standard error of its own, and leaves nothing to the next but what the JVM has loaded; those that
 * would are refused. It ends with whoever asks, in the middle of a command if need be. Its own
 * standard error has what the commands say there while they run.
 */
public final class CommandServer {
  /** They have the process to themselves: its log, its signals, its terminal. */
  private static final Set<String> ALONE = Set.of("agent", "console");

  private CommandServer() {}

  /** What a command line came to. */
  public record Answer(int exit, String out, String err) {}

  /** The other side: one at a time. */
  public static Answer ask(OutputStream server, InputStream answers, List<String> words)
      throws IOException {
    var question = new DataOutputStream(new BufferedOutputStream(server));
    question.writeInt(words.size());
    for (var word : words) {
      write(question, word.getBytes(UTF_8));
    }
    question.flush();
    var answer = new DataInputStream(answers);
    return new Answer(answer.readInt(), read(answer), read(answer));
  }

  /** Questions come on the standard input; answers go to the standard output, nothing else does. */
  public static void main(String[] none) throws IOException {
    var questions = new DataInputStream(new FileInputStream(FileDescriptor.in));
    var answers = new FileOutputStream(FileDescriptor.out);
    var said = new FileOutputStream(FileDescriptor.err);
    System.setOut(System.err);
    try {
      while (true) {
        var words = new ArrayList<String>();
        for (var more = questions.readInt(); more > 0; more--) {
          words.add(read(questions));
        }
        // Beside this one, which hears of the end of whoever asks.
        Thread.ofPlatform().name("command").start(() -> answer(words, answers, said));
      }
    } catch (EOFException nobodyAsksAnyMore) {
      // No hook of a command that runs gets to wait for its end.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void answer(List<String> words, OutputStream answers, OutputStream said) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var both = new Both(err, said);
    // Where the log goes, asked for at each line.
    System.setErr(new PrintStream(both, true, UTF_8));
    int exit = execute(words, writer(out), writer(both));
    try {
      var answer = new DataOutputStream(new BufferedOutputStream(answers));
      answer.writeInt(exit);
      write(answer, out.toByteArray());
      write(answer, err.toByteArray());
      answer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int execute(List<String> words, PrintWriter out, PrintWriter err) {
    if (words.stream().anyMatch(ALONE::contains)) {
      err.println("this command needs a process of its own: " + words);
      return -1;
    }
    var terminal = Terminal.plain(out, err);
    int exit = Fjord.commandLine(terminal, Wiring::new).execute(words.toArray(String[]::new));
    out.flush();
    err.flush();
    return exit;
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, UTF_8), true);
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String read(DataInputStream in) throws IOException {
    var bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, UTF_8);
  }

  private static final class Both extends OutputStream {
    private final OutputStream one;
    private final OutputStream other;

    Both(OutputStream one, OutputStream other) {
      this.one = one;
      this.other = other;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      one.write(bytes, from, length);
      other.write(bytes, from, length);
    }
  }
}
