package dev.fjord.trust;

import dev.fjord.model.KeyId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When commits were seen first, and by which keys of OpenSSH they were found to be signed. */
public interface FirstSeen {

  /**
   * What is known of a commit.
   *
   * @param key null when its signature was not checked, or is by another kind of key
   */
  record Known(Instant at, @Nullable KeyId key) {}

  /** The present instant where the commit was not seen before. */
  Known of(String commit);

  /** Remembers commits; those that were known keep their instants. */
  void note(Map<String, Known> commits);

  /** Remembers nothing: all commits are seen at this instant. */
  static FirstSeen always(Instant at) {
    return new FirstSeen() {
      @Override
      public Known of(String commit) {
        return new Known(at, null);
      }

      @Override
      public void note(Map<String, Known> commits) {
        // Nothing is remembered.
      }
    };
  }
}
