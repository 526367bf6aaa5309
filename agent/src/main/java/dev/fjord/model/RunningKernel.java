package dev.fjord.model;

/**
 * A kernel that runs.
 *
 * @param pid of its main process, as the host counts
 * @param boot as read from the process
 */
public record RunningKernel(long pid, Boot boot, boolean paused) {}
