package dev.fjord.load;

import dev.fjord.load.document.SiteSpec;
import dev.fjord.model.SignaturePolicy;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import dev.fjord.trust.PolicyReader;
import java.util.Objects;

/** Reads from {@code fjord.yaml} alone which signatures are asked for. */
public final class SignaturePolicies {
  private SignaturePolicies() {}

  /** As {@link PolicyReader#read} says. */
  public static Checked<SignaturePolicy> read(byte[] content) {
    Folder folder = Objects.requireNonNull(Folder.of(PolicyReader.FILE), "the Site's own place");
    Reading reading = FileReader.read(folder, PolicyReader.FILE, content);
    if (!reading.problems().isEmpty()) {
      return new Checked<>(null, reading.problems().first());
    }
    if (reading.file().documents().size() == 1
        && reading.file().documents().get(0).spec() instanceof SiteSpec site) {
      return Checked.of(site.signatures());
    }
    return Checked.failed(
        Problem.of("not-a-fjord-repository", PolicyReader.FILE + " holds no single Site")
            .at(Location.file(PolicyReader.FILE)));
  }
}
