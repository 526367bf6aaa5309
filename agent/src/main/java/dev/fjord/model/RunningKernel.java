package dev.fjord.model;

import java.time.Instant;

/**
 * A kernel that runs.
 *
 * @param pid of its main process, as the host counts
 * @param boot as read from the process
 * @param started when, by the clock that tells when daemons were
 */
public record RunningKernel(long pid, Boot boot, boolean paused, Instant started) {

  /** One that was started after every daemon. */
  public RunningKernel(long pid, Boot boot, boolean paused) {
    this(pid, boot, paused, Instant.MAX);
  }
}
