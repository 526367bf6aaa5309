package dev.fjord.host.linux.disk;

/** Where a test ends the work between two changes of the file system, as SIGKILL would. */
@FunctionalInterface
interface Fault {
  Fault NONE = step -> {};

  void after(String step);
}
