package dev.fjord.report;

import dev.fjord.model.Ailment;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Death;
import dev.fjord.model.Digest;
import dev.fjord.model.HostBounds;
import dev.fjord.model.HostBounds.Bound;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.model.Upkeep;
import dev.fjord.report.PlanJson.RefusalJson;
import dev.fjord.report.PlanJson.WaitingJson;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a host was like at the end of the last run, in the form in which it is kept and printed.
 *
 * @param revision the commit that was applied last; null before the first
 * @param desiredRevision the newest commit that may be applied; null when none is known
 * @param converged whether the host is as {@code revision} says
 * @param since when {@code converged} or {@code revision} last changed
 * @param at when the host was looked at
 * @param tookMillis how long the last run took, its fetch included
 * @param disk how full it is; null in a status of an earlier version of fjord, and where it was not
 *     asked
 * @param instances ordered by name
 * @param bounds what machines can be held to; null in a status of an earlier version of fjord
 * @param ended when the last run ended, whatever came of it; null in a status of an earlier version
 * @param lastGood when the last run ended that came through all of its stages; null for none
 * @param byAgent whether an agent made that run, and should be there to make the next
 */
public record Status(
    int version,
    ResourceName host,
    @Nullable String revision,
    @Nullable String desiredRevision,
    boolean converged,
    Instant since,
    Instant at,
    long tookMillis,
    @Nullable DiskStatus disk,
    List<InstanceStatus> instances,
    List<SwitchStatus> switches,
    List<ImageStatus> images,
    List<KernelStatus> kernels,
    @Nullable BoundsStatus bounds,
    List<RefusalJson> refused,
    List<WaitingJson> waiting,
    List<ProblemJson> problems,
    @Nullable Instant ended,
    @Nullable Instant lastGood,
    boolean byAgent) {
  static final int VERSION = 1;

  public Status {
    instances = List.copyOf(instances);
    switches = List.copyOf(switches);
    images = List.copyOf(images);
    kernels = List.copyOf(kernels);
    refused = List.copyOf(refused);
    waiting = List.copyOf(waiting);
    problems = List.copyOf(problems);
  }

  /**
   * The file system that holds the disks of all instances.
   *
   * @param free for instances: without what is reserved for root
   * @param percent that is used, as df(1) has it
   * @param forecast when it would be full
   */
  public record DiskStatus(ByteSize used, ByteSize free, int percent, ForecastJson forecast) {}

  /** Whether the last run broke in one of its stages. */
  public boolean isBroken() {
    return ended != null && !ended.equals(lastGood);
  }

  /**
   * Whether it can be believed that the host is converged now: an agent's status holds as long as
   * the agent runs, that of a single run holds for its moment.
   */
  public boolean isConvergedWith(Presence presence) {
    return converged && !isBroken() && (presence.isAgent() || !byAgent);
  }

  /** What an instance's kernel does. */
  public enum Power {
    RUNNING,
    PAUSED,
    STOPPED
  }

  /**
   * One instance. What comes from its record is null where the record could not be read.
   *
   * @param partner null for the site's own, too
   * @param pid null when no kernel runs
   * @param outdated whether the image is declared in another version than it stands on
   * @param divergedBytes how much of its root was ever written, to the sector, when it is outdated;
   *     null otherwise, and where it could not be read
   * @param uptimeSeconds null when no kernel runs, or its start is not known
   * @param bounded whether its processes are held to what they may take of the host, as far as the
   *     host can; null when no kernel runs, and in a status of an earlier version of fjord
   * @param spoofAttempts frames that were not its to send and were dropped, since the host was
   *     started
   * @param spoofed what they were, the latest kind first
   * @param ailment what the watch has found; null for nothing
   * @param lastDeath how its kernel last ended without an order to end; null for never
   * @param restarted the order by which the running kernel was started; null for none
   */
  public record InstanceStatus(
      ResourceName name,
      @Nullable ResourceName partner,
      Power power,
      @Nullable Long pid,
      List<IpAddress> addresses,
      @Nullable ResourceName image,
      boolean outdated,
      @Nullable Long divergedBytes,
      @Nullable ByteSize memory,
      @Nullable Long uptimeSeconds,
      @Nullable Boolean bounded,
      long spoofAttempts,
      List<SpoofedFrames.Tried> spoofed,
      @Nullable Ailment ailment,
      @Nullable Death lastDeath,
      @Nullable Restarted restarted,
      List<ProblemJson> problems) {
    public InstanceStatus {
      addresses = List.copyOf(addresses);
      // Not in a status of an earlier version of fjord.
      spoofed = List.copyOf(Objects.requireNonNullElse(spoofed, List.of()));
      problems = List.copyOf(problems);
    }
  }

  /** An order to restart a machine that was carried out: the account that gave it, and when. */
  public record Restarted(String by, Instant at) {}

  /**
   * What machines can be held to on the host, and what not.
   *
   * @param groups by which control groups, {@code v1} or {@code v2}; null for none
   */
  public record BoundsStatus(@Nullable String groups, List<Bound> real, List<Bound> missing) {
    public BoundsStatus {
      real = List.copyOf(real);
      missing = List.copyOf(missing);
    }

    static BoundsStatus of(HostBounds bounds) {
      return new BoundsStatus(bounds.groups(), bounds.inOrder(), bounds.missing());
    }

    String words() {
      return new HostBounds(groups, Set.copyOf(real)).words();
    }
  }

  /**
   * A bridge that bears fjord's mark.
   *
   * @param addresses the host's own on it, of both versions
   * @param daemons the programs that run, or ran, for it
   */
  public record SwitchStatus(
      ResourceName name,
      InterfaceName bridge,
      boolean up,
      List<String> addresses,
      List<DaemonStatus> daemons) {
    public SwitchStatus {
      addresses = List.copyOf(addresses);
      // Not in a status of an earlier version of fjord.
      daemons = Objects.requireNonNullElse(daemons, List.of());
      daemons = List.copyOf(daemons);
    }
  }

  /**
   * A program of a switch.
   *
   * @param pid null when it does not run
   * @param answers whether it does its work, as it was asked to
   */
  public record DaemonStatus(String program, @Nullable Long pid, boolean answers) {}

  /**
   * A version of a pristine image in the store.
   *
   * @param digest of its content, or of the recipe that it was built by
   * @param built what the building gave; null for one that was stored as it is
   * @param content null in a status of an earlier version of fjord
   * @param unusedSince null while something needs it
   */
  public record ImageStatus(
      ResourceName name,
      Digest digest,
      ByteSize size,
      @Nullable BuiltContent built,
      Upkeep.@Nullable Content content,
      @Nullable Instant unusedSince) {}

  /**
   * A version of a kernel in the store.
   *
   * @param usable null while it was not tried on this host
   * @param content null in a status of an earlier version of fjord
   * @param unusedSince null while something needs it
   */
  public record KernelStatus(
      ResourceName name,
      Digest digest,
      @Nullable Boolean usable,
      Upkeep.@Nullable Content content,
      @Nullable Instant unusedSince) {}
}
