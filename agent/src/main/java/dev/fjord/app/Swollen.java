package dev.fjord.app;

/**
 * Gives memory back after a run that had something to do. The collector makes a heap smaller only
 * when it looks through all of it, and an agent with nothing to do gives it no reason to: what a
 * burst has taken would be kept for days. So the first run with nothing to do gives it one, and now
 * and then a later one. One thread at a time.
 */
final class Swollen {
  /** What each quiet run leaves behind adds up slowly. */
  static final int QUIET_RUNS = 100;

  private final Runnable collect;
  private int quiet;
  private boolean isDue = true;

  /**
   * @param collect looks through the whole heap
   */
  Swollen(Runnable collect) {
    this.collect = collect;
  }

  /** A run has ended. */
  void after(boolean hadSomethingToDo) {
    if (hadSomethingToDo) {
      isDue = true;
    } else if (isDue || ++quiet >= QUIET_RUNS) {
      collect.run();
      isDue = false;
      quiet = 0;
    }
  }
}
