package dev.fjord.plan;

import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import java.util.List;

/**
 * Something that is asked for and is done later.
 *
 * @param until what it waits for
 * @param fields what will change then
 */
public record Waiting(
    ResourceName instance, Owner owner, Until until, String summary, List<FieldChange> fields) {
  public Waiting {
    fields = List.copyOf(fields);
  }

  /** What a change may wait for. */
  public enum Until {
    WINDOW,
    NEXT_START,
    BACKOFF,
    /** The end of another instance's start, whether it succeeds or fails. */
    OTHERS,
    /** Room on the host's disk. */
    ROOM
  }
}
