package dev.fjord.planner.address;

/** What is asked for cannot be had. The message says why, and the hint says what to do next. */
public final class AllocationRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  public AllocationRefused(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public String hint() {
    return hint;
  }
}
