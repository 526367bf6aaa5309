package dev.fjord.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * An instance in the trash. It keeps its user id. It keeps its leases for as long as the site's
 * quarantine, and after that until another instance needs one of them.
 *
 * @param folder its folder's name, {@code TIME-NAME}; later ones sort after earlier ones
 */
public record TrashedInstance(String folder, InstanceRecord record) {
  /** How TIME is written. */
  public static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** When it was removed; null where its folder's name does not say. */
  public @Nullable Instant removed() {
    int dash = folder.indexOf('-');
    try {
      return dash < 0 ? null : TIME.parse(folder.substring(0, dash), Instant::from);
    } catch (DateTimeException renamedByHand) {
      return null;
    }
  }
}
