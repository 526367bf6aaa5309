package dev.fjord.model;

/** When a change that needs a restart may restart a running instance. */
public enum RestartPolicy {
  NOW,
  /** In the next of the site's maintenance windows. */
  WINDOW,
  /** Never by fjord: whenever the instance is started next. */
  NEXT_START
}
