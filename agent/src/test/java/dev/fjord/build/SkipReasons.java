package dev.fjord.build;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints why tests were skipped, at the end of the run.
 *
 * <p>Surefire counts skipped tests but keeps their reasons in its XML files. A test of real kernels
 * that skips itself everywhere looks like one that passes: the reason has to be on the console.
 * Found by the launcher through {@code META-INF/services}.
 */
public final class SkipReasons implements TestExecutionListener {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    lines.add(line(test, reason));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      lines.add(
          line(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given")));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    lines.forEach(System.out::println);
    lines.clear();
  }

  private static String line(TestIdentifier test, String reason) {
    var name = test.getSource().map(SkipReasons::name).orElse(test.getDisplayName());
    return "SKIPPED " + name + ": " + reason;
  }

  private static String name(TestSource source) {
    return switch (source) {
      case MethodSource method -> simple(method.getClassName()) + "." + method.getMethodName();
      case ClassSource type -> simple(type.getClassName());
      default -> source.toString();
    };
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
