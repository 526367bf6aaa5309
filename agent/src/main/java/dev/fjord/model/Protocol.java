package dev.fjord.model;

/** What ports belong to. */
public enum Protocol {
  TCP,
  UDP
}
