package dev.fjord.cli;

import dev.fjord.problem.Secrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/** Hands on what is printed without the secrets in it. A text has to be written in one piece. */
final class HidingWriter extends Writer {
  private final PrintWriter to;

  private HidingWriter(PrintWriter to) {
    this.to = to;
  }

  static PrintWriter before(PrintWriter to) {
    return new PrintWriter(new HidingWriter(to), true);
  }

  @Override
  public void write(char[] text, int from, int length) {
    to.write(Secrets.hidden(new String(text, from, length)));
  }

  @Override
  public void flush() {
    to.flush();
  }

  @Override
  public void close() throws IOException {
    to.close();
  }
}
