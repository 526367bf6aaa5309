package dev.fjord.host.linux.watch;

import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.host.linux.uml.KernelLife;
import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.StartLog;
import dev.fjord.host.linux.uml.StartLog.LastStart;
import dev.fjord.model.Health;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import dev.fjord.watch.Watched;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which instances should run on this host, from the records and the start log: what has not changed
 * there is not read again. Whatever cannot be read is not watched. Safe for use by many threads.
 */
final class Roll {
  private final Layout layout;
  private final RecordStore records;
  private final StartLog starts;
  private final Map<ResourceName, Entry> entries = new HashMap<>();
  private final Map<ResourceName, KernelProcess> seen = new HashMap<>();
  private Reach reach = Reach.of(List.of(), List.of());
  private boolean hasLooked;

  private record Entry(FileCopy<Optional<InstanceRecord>> record, FileCopy<LastStart> start) {}

  Roll(Layout layout, StartLog starts) {
    this.layout = layout;
    this.records = new RecordStore(layout);
    this.starts = starts;
  }

  /**
   * A run has looked: which addresses can be asked, and kernels that have never answered. Before
   * the first, no address is asked.
   */
  synchronized void look(Observed observed) {
    reach = Reach.of(observed.bridges(), observed.ports());
    hasLooked = true;
    seen.clear();
    observed
        .instances()
        .forEach(one -> {
          KernelProcess kernel = one.kernel() == null ? null : KernelLife.of(one.kernel().pid());
          if (kernel != null) {
            seen.put(one.name(), kernel);
          }
        });
  }

  /** A run changes it: what was seen of it no longer counts. */
  synchronized void forget(ResourceName name) {
    seen.remove(name);
  }

  synchronized List<Watched> watched() {
    List<ResourceName> names = names();
    entries.keySet().retainAll(names);
    List<Watched> watched = new ArrayList<>();
    for (ResourceName name : names) {
      Entry entry = entries.computeIfAbsent(name, this::entry);
      InstanceRecord record = entry.record().get().orElse(null);
      LastStart start = entry.start().get();
      if (record != null
          && record.applied().power() == Power.RUNNING
          && !record.isBeingRebased()
          && !start.isUnderWay()) {
        watched.add(watched(record, start));
      }
    }
    return watched;
  }

  private Watched watched(InstanceRecord record, LastStart start) {
    Health health = record.applied().health();
    KernelProcess kernel = start.ready() == null ? seen.get(record.name()) : start.ready();
    Instant due = kernel == null ? start.due() : null;
    return new Watched(
        record.name(),
        kernel == null ? null : new Watched.Main(kernel.pid(), kernel.startTicks()),
        record.uid(),
        hasLooked ? reach.of(record) : List.of(),
        hasLooked ? health.tcp() : null,
        health.repair(),
        due);
  }

  private List<ResourceName> names() {
    List<ResourceName> names = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(layout.instances())) {
      for (Path folder : folders) {
        String name = folder.getFileName().toString();
        if (name.matches(ResourceName.PATTERN)) {
          names.add(new ResourceName(name));
        }
      }
    } catch (IOException | DirectoryIteratorException noneWasEverMade) {
      return List.of();
    }
    return names;
  }

  private Entry entry(ResourceName name) {
    return new Entry(
        new FileCopy<>(layout.record(name), () -> record(name)),
        new FileCopy<>(layout.starts(name), () -> starts.last(name)));
  }

  private Optional<InstanceRecord> record(ResourceName name) {
    try {
      @Nullable InstanceRecord record = records.readFrom(layout.record(name), name).value();
      return Optional.ofNullable(record);
    } catch (ProblemException newer) {
      return Optional.empty(); // The next run says so.
    }
  }
}
