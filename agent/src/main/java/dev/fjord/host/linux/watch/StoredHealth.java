package dev.fjord.host.linux.watch;

import dev.fjord.model.Ailment;
import dev.fjord.model.ResourceName;
import dev.fjord.watch.HealthReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A {@link HealthReport} as its file has it, version 1. */
record StoredHealth(
    Instant at,
    long intervalMillis,
    Map<ResourceName, StoredAilment> ailments,
    Map<ResourceName, List<StoredRepair>> repairs) {
  StoredHealth {
    ailments = Map.copyOf(ailments);
    repairs = Map.copyOf(repairs);
  }

  static StoredHealth of(HealthReport report) {
    return new StoredHealth(
        report.at(),
        report.intervalMillis(),
        each(report.ailments(), StoredAilment::of),
        each(report.repairs(), StoredRepair::of));
  }

  HealthReport report() {
    return new HealthReport(
        at,
        intervalMillis,
        each(ailments, StoredAilment::ailment),
        each(repairs, StoredRepair::repairs));
  }

  private static <A, B> Map<ResourceName, B> each(Map<ResourceName, A> all, Function<A, B> to) {
    Map<ResourceName, B> each = new TreeMap<>();
    all.forEach((name, one) -> each.put(name, to.apply(one)));
    return each;
  }

  record StoredAilment(
      Ailment.Verdict verdict,
      Instant since,
      long pid,
      String detail,
      @Nullable Instant restartFrom,
      List<StoredRepair> repairs) {
    StoredAilment {
      repairs = List.copyOf(repairs);
    }

    static StoredAilment of(Ailment ailment) {
      return new StoredAilment(
          ailment.verdict(),
          ailment.since(),
          ailment.pid(),
          ailment.detail(),
          ailment.restartFrom(),
          StoredRepair.of(ailment.repairs()));
    }

    Ailment ailment() {
      return new Ailment(verdict, since, pid, detail, restartFrom, StoredRepair.repairs(repairs));
    }
  }

  record StoredRepair(Instant at, Ailment.Verdict verdict, String detail) {
    static List<StoredRepair> of(List<Ailment.Repair> repairs) {
      return repairs.stream()
          .map(one -> new StoredRepair(one.at(), one.verdict(), one.detail()))
          .toList();
    }

    static List<Ailment.Repair> repairs(List<StoredRepair> stored) {
      return stored.stream()
          .map(one -> new Ailment.Repair(one.at, one.verdict, one.detail))
          .toList();
    }
  }
}
