package dev.fjord.host.linux.disk;

/** Where a test ends the work between two changes of the file system, as SIGKILL would. */
@FunctionalInterface
interface FailPoint {
  FailPoint NONE = step -> {};

  void after(String step);
}
