package dev.fjord.model;

import java.time.Instant;

/**
 * A kernel that runs.
 *
 * @param pid of its main process, as the host counts
 * @param boot as read from the process
 * @param started when it was started, by the same clock as for daemons
 * @param lost taps that it had and no longer has
 * @param bounded whether the bounds on what it may take of the host are set, as far as the host has
 *     them
 * @param starting whether its start is under way: a process still waits for its guest to answer
 */
public record RunningKernel(
    long pid,
    KernelInvocation boot,
    boolean paused,
    Instant started,
    LostTaps lost,
    boolean bounded,
    boolean starting) {

  /** One that has all its taps. */
  public RunningKernel(long pid, KernelInvocation boot, boolean paused, Instant started) {
    this(pid, boot, paused, started, LostTaps.NONE, true, false);
  }

  /** The same kernel, without some of its taps. */
  public RunningKernel without(LostTaps taps) {
    return new RunningKernel(pid, boot, paused, started, taps, bounded, starting);
  }

  /** The same kernel, without bounds. */
  public RunningKernel unbounded() {
    return new RunningKernel(pid, boot, paused, started, lost, false, starting);
  }

  /** The same kernel, whose guest is still waited for. */
  public RunningKernel starts() {
    return new RunningKernel(pid, boot, paused, started, lost, bounded, true);
  }
}
