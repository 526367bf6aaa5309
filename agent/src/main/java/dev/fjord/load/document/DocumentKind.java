package dev.fjord.load.document;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a document can describe. */
public enum DocumentKind {
  SITE("Site", "fjord.yaml"),
  HOST("Host", "hosts/"),
  KERNEL("Kernel", "kernels/"),
  IMAGE("Image", "images/"),
  SWITCH("Switch", "switches/"),
  PARTNER("Partner", "partners/NAME.yaml"),
  INSTANCE("Instance", "instances/ or partners/NAME/");

  private final String written;
  private final String home;

  DocumentKind(String written, String home) {
    this.written = written;
    this.home = home;
  }

  /** As in {@code kind: Instance}. */
  public String written() {
    return written;
  }

  /** Where in a repository its documents are. */
  public String home() {
    return home;
  }

  /** The name of its schema. */
  public String schema() {
    return written.toLowerCase(Locale.ROOT);
  }

  public static Optional<DocumentKind> of(String written) {
    return Arrays.stream(values()).filter(kind -> kind.written.equals(written)).findFirst();
  }

  public static List<String> allWritten() {
    return Arrays.stream(values()).map(DocumentKind::written).toList();
  }
}
