package dev.fjord.app;

/** How a result is printed. */
public enum Format {
  TEXT,
  JSON,
  MARKDOWN
}
