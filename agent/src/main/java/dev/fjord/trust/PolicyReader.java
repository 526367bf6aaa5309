package dev.fjord.trust;

import dev.fjord.model.SignaturePolicy;
import dev.fjord.problem.Checked;

/** Reads which signatures a revision asks for. */
@FunctionalInterface
public interface PolicyReader {

  /** The file that says it. */
  String FILE = "fjord.yaml";

  /** Bytes of it that are read at most. */
  int LARGEST = 1 << 20;

  /**
   * Reads {@link #FILE}.
   *
   * @return no value where anything in it is wrong
   */
  Checked<SignaturePolicy> read(byte[] content);
}
