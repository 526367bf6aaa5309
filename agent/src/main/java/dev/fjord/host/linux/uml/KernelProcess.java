package dev.fjord.host.linux.uml;

/**
 * A kernel's main process, told from any later one that gets the same pid.
 *
 * @param pid as the host counts
 * @param startTicks when it was started, in clock ticks since the host booted (proc_pid_stat(5))
 */
public record KernelProcess(long pid, long startTicks) {}
