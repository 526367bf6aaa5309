package dev.fjord.model;

/** What a switch is made of. */
public enum SwitchDriver {
  /** A Linux bridge, with a tap for each port. */
  BRIDGE,
  /**
   * A Linux bridge with one tap, behind which uml_switch(1) connects the guests. Kernels have its
   * transport up to 6.15 (arch/um/drivers/daemon_kern.c, removed in 6.16).
   */
  UML_SWITCH
}
