package dev.fjord.problem;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result together with its problems. A value may come with problems (it then holds what could be
 * understood); no value means that nothing could be understood.
 *
 * @param value null only when {@code problems} is not empty
 */
public record Checked<T>(@Nullable T value, List<Problem> problems) {
  public Checked {
    problems = List.copyOf(problems);
    if (value == null && problems.isEmpty()) {
      throw new IllegalArgumentException("nothing understood, and no problem that says why");
    }
  }

  public static <T> Checked<T> of(T value) {
    return new Checked<>(value, List.of());
  }

  public static <T> Checked<T> failed(Problem problem) {
    return new Checked<>(null, List.of(problem));
  }

  /** The value, or the first problem as an exception. */
  public T orThrow() {
    if (value == null) {
      throw problems.get(0).asException();
    }
    return value;
  }
}
