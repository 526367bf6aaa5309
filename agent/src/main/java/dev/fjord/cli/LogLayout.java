package dev.fjord.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Secrets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One line for an event, whatever is in it: time in UTC, level, message, causes. */
final class LogLayout extends LayoutBase<ILoggingEvent> {
  private static volatile boolean traces;

  static void showTraces(boolean show) {
    traces = show;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    Instant time = Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.SECONDS);
    StringBuilder line = new StringBuilder();
    line.append(time).append(' ');
    line.append(String.format("%-5s ", event.getLevel()));
    line.append(Printable.line(String.valueOf(event.getFormattedMessage())));
    IThrowableProxy thrown = event.getThrowableProxy();
    for (IThrowableProxy one = thrown; one != null; one = one.getCause()) {
      String message = one.getMessage() == null ? "" : ": " + one.getMessage();
      line.append(" <- ").append(one.getClassName()).append(Printable.line(message));
    }
    line.append('\n');
    if (thrown != null && traces) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    return Secrets.hidden(line.toString());
  }
}
