package dev.fjord.host.linux.usage;

import dev.fjord.host.linux.disk.CowBitmap;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.DiskSample;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredImage;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what all instances were promised of the disk and what they take. It locks and changes
 * nothing, so that it works beside the agent and running kernels; what moves meanwhile may be a
 * problem of its own. What cannot be read of one instance hides nothing of the others.
 */
public final class DiskSurvey {
  private final Layout layout;
  private final InstantSource clock;
  private final List<Problem> problems = new ArrayList<>();

  /** For one {@link #look}, by one thread. */
  public DiskSurvey(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.clock = clock;
  }

  /**
   * Looks once.
   *
   * @throws ProblemException when the instances could not be listed, the file system could not be
   *     asked, or du(1) could not be run
   */
  public DiskUsage look() {
    Map<ResourceName, Checked<InstanceRecord>> records = take(new RecordStore(layout).readAll());
    Map<Digest, ByteSize> images = new HashMap<>();
    for (StoredImage image : take(new ImageStore(layout).observe())) {
      images.put(image.digest(), image.size());
    }
    Map<Path, ByteSize> used = used(records.keySet().stream().map(layout::instance).toList());
    List<DiskUsage.OfInstance> instances = new ArrayList<>();
    records.forEach((name, record) -> {
      problems.addAll(record.problems());
      instances.add(instance(name, record.value(), images, used.get(layout.instance(name))));
    });
    try {
      FileStore disk = Files.getFileStore(layout.state());
      ByteSize free = new ByteSize(disk.getUsableSpace());
      return new DiskUsage(
          layout.state(),
          new ByteSize(disk.getTotalSpace()),
          free,
          instances,
          ofStore(layout.images(), used),
          ofStore(layout.trash(), used),
          forecast(free),
          problems);
    } catch (IOException e) {
      throw Problem.of("io-failed", "asking the file system of " + layout.state() + " failed")
          .detail(e.toString())
          .hint("It is made by the first 'fjord apply'. Is stateDirectory the right one?")
          .asException(e);
    }
  }

  private DiskForecast forecast(ByteSize free) {
    Checked<List<DiskSample>> kept = new UseHistory(layout, clock).samples();
    problems.addAll(kept.problems());
    List<DiskSample> samples = kept.value() == null ? List.of() : kept.value();
    return DiskForecast.of(samples, free, clock.instant());
  }

  private <T> T take(Checked<T> checked) {
    T value = checked.orThrow();
    problems.addAll(checked.problems());
    return value;
  }

  private Map<Path, ByteSize> used(List<Path> folders) {
    List<Path> all =
        Stream.concat(
                folders.stream(), Stream.of(layout.images(), layout.trash()).filter(Files::exists))
            .toList();
    AllocatedBlocks blocks = AllocatedBlocks.of(all);
    if (!blocks.errors().isEmpty()) {
      problems.add(
          Problem.of("use-unknown", "what some folders take of the disk could not be read")
              .detail(blocks.errors())
              .hint("Run it as root, and again: a run of the agent may have moved a folder."));
    }
    return blocks.byPath();
  }

  private static @Nullable ByteSize ofStore(Path folder, Map<Path, ByteSize> used) {
    boolean absent = Files.notExists(folder, LinkOption.NOFOLLOW_LINKS);
    return absent ? ByteSize.ZERO : used.get(folder);
  }

  private DiskUsage.OfInstance instance(
      ResourceName name,
      @Nullable InstanceRecord record,
      Map<Digest, ByteSize> images,
      @Nullable ByteSize used) {
    if (record == null) {
      return new DiskUsage.OfInstance(name, null, null, used, null);
    }
    ByteSize image = images.get(record.base());
    if (image == null) {
      problems.add(
          Problem.of("image-missing", "the image of instance " + name + " is not stored whole")
              .detail(layout.image(record.applied().image(), record.base()).toString())
              .hint(
                  "What it was promised is not known without it. 'fjord apply' stores it again."));
      return new DiskUsage.OfInstance(name, record.owner(), null, used, null);
    }
    return new DiskUsage.OfInstance(
        name, record.owner(), record.applied().disk().plus(image), used, diverged(name, image));
  }

  private @Nullable ByteSize diverged(ResourceName name, ByteSize image) {
    try {
      return CowBitmap.diverged(layout.rootCow(name), image);
    } catch (ProblemException e) {
      problems.add(e.problem());
      return null;
    }
  }
}
