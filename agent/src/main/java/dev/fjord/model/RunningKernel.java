package dev.fjord.model;

/**
 * A kernel that runs.
 *
 * @param pid of its main process, as the host counts
 * @param boot as read from the process
 * @param lost taps that it had and has no more
 */
public record RunningKernel(long pid, Boot boot, boolean paused, LostTaps lost) {
  /** One that has all its taps. */
  public RunningKernel(long pid, Boot boot, boolean paused) {
    this(pid, boot, paused, LostTaps.NONE);
  }

  /** The same kernel, without some of its taps. */
  public RunningKernel without(LostTaps taps) {
    return new RunningKernel(pid, boot, paused, taps);
  }
}
