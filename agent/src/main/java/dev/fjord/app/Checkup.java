package dev.fjord.app;

import dev.fjord.host.linux.LinuxHost;
import dev.fjord.host.linux.doctor.Doctor;
import dev.fjord.host.linux.doctor.Finding;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Filters;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Surroundings;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@code fjord doctor} looks at, reported line by line. */
record Checkup(AgentSettings settings, Consumer<String> line) {

  /** What keeps instances from running; empty when nothing does. */
  List<Problem> faults() {
    List<Problem> faults = new ArrayList<>();
    tell("ok", "settings", "host " + settings.host() + ", " + settings.repository(), null);
    tell("ok", "java", Runtime.version() + " of " + System.getProperty("java.vendor"), null);
    Observed observed = look(faults);
    ByteSize promised = observed == null ? null : promised(observed);
    List<StoredKernel> kernels = observed == null ? List.of() : observed.kernels();
    Surroundings around = observed == null ? Surroundings.NONE : observed.surroundings();
    Filters filters = observed == null ? null : observed.filters().inForce();
    for (Finding finding :
        new Doctor(settings.layout()).examine(promised, kernels, around, filters)) {
      switch (finding.status()) {
        case OK -> tell("ok", finding.name(), finding.found(), finding.hint());
        case WARNING -> tell("warning", finding.name(), finding.found(), finding.hint());
        case FAULT -> faults.add(problem(finding));
      }
    }
    return faults;
  }

  private @Nullable Observed look(List<Problem> faults) {
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      return new LinuxHost(settings, threads, Clock.systemUTC()).observe();
    } catch (ProblemException e) {
      faults.add(e.problem());
      return null;
    }
  }

  private static ByteSize promised(Observed observed) {
    ByteSize sum = ByteSize.ZERO;
    for (ObservedInstance instance : observed.instances()) {
      InstanceRecord record = instance.record();
      if (record != null && record.applied().power() != Power.STOPPED) {
        sum = sum.plus(record.applied().memory());
      }
    }
    return sum;
  }

  private static Problem problem(Finding finding) {
    Problem problem = Problem.of("doctor", finding.name() + ": " + finding.found());
    return finding.hint() == null ? problem : problem.hint(finding.hint());
  }

  private void tell(String status, String name, String found, @Nullable String hint) {
    line.accept("%-8s %s: %s".formatted(status, name, found));
    if (hint != null) {
      line.accept("         " + hint);
    }
  }
}
