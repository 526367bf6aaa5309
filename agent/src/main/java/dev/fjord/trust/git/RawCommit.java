package dev.fjord.trust.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A commit as its bytes say, and what of them is signed. It is read more strictly than Git reads
 * it, since the bytes that are signed are those of the commit without its signature: a signature
 * that stands among the parents hides those behind it from whoever reads the commit, and is a right
 * one nevertheless.
 */
final class RawCommit {
  private static final String TREE = "tree ";
  private static final String PARENT = "parent ";
  private static final String AUTHOR = "author ";
  private static final String COMMITTER = "committer ";
  private static final String SIGNATURE = "gpgsig ";
  private static final Set<String> ONCE =
      Set.of("tree", "parent", "author", "committer", "gpgsig", "gpgsig-sha256");

  private final ObjectId tree;
  private final List<ObjectId> parents;
  private final byte[] payload;
  private final byte @Nullable [] signature;

  private RawCommit(
      ObjectId tree, List<ObjectId> parents, byte[] payload, byte @Nullable [] signature) {
    this.tree = tree;
    this.parents = List.copyOf(parents);
    this.payload = payload;
    this.signature = signature;
  }

  ObjectId tree() {
    return tree;
  }

  List<ObjectId> parents() {
    return parents;
  }

  /** What is signed. */
  byte[] payload() {
    return payload;
  }

  /** The signature as it stands there, armored; null when there is none. */
  byte @Nullable [] signature() {
    return signature;
  }

  /** What is wrong with a commit. */
  static final class Malformed extends IOException {
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what);
    }
  }

  /**
   * Reads one.
   *
   * @throws Malformed when it is not as Git writes commits
   */
  static RawCommit of(byte[] bytes) throws Malformed {
    Lines lines = new Lines(bytes);
    ObjectId tree = id(lines.next(), TREE);
    List<ObjectId> parents = new ArrayList<>();
    String line = lines.next();
    for (; line.startsWith(PARENT); line = lines.next()) {
      parents.add(id(line, PARENT));
    }
    if (!line.startsWith(AUTHOR) || !lines.next().startsWith(COMMITTER)) {
      throw new Malformed("its author and committer do not follow its parents");
    }
    ByteArrayOutputStream payload = new ByteArrayOutputStream(bytes.length);
    payload.write(bytes, 0, lines.at);
    byte[] signature = null;
    while (!lines.isAtMessage()) {
      int start = lines.at;
      line = lines.next();
      String name = line.split(" ", 2)[0];
      if (line.startsWith(SIGNATURE) && signature == null) {
        signature = lines.value(start + SIGNATURE.length());
      } else if (line.startsWith(" ") || ONCE.contains(name)) {
        throw new Malformed("it has '" + name + "' where Git writes none");
      } else {
        lines.skipContinued();
        payload.write(bytes, start, lines.at - start);
      }
    }
    payload.write(bytes, lines.at, bytes.length - lines.at);
    return new RawCommit(tree, parents, payload.toByteArray(), signature);
  }

  private static ObjectId id(String line, String before) throws Malformed {
    if (line.startsWith(before)) {
      String id = line.substring(before.length());
      if (id.matches("[0-9a-f]{40}")) {
        return ObjectId.fromString(id);
      }
    }
    throw new Malformed("it does not begin with a tree and its parents");
  }

  /** Lines of headers, one byte a character. */
  private static final class Lines {
    private final byte[] bytes;
    private int at;

    Lines(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean isAtMessage() throws Malformed {
      if (at >= bytes.length) {
        throw new Malformed("its headers do not end");
      }
      return bytes[at] == '\n';
    }

    String next() throws Malformed {
      int start = at;
      for (int i = at; i < bytes.length; i++) {
        if (bytes[i] == 0) {
          break;
        }
        if (bytes[i] == '\n') {
          at = i + 1;
          return new String(bytes, start, i - start, StandardCharsets.ISO_8859_1);
        }
      }
      throw new Malformed("its headers hold a NUL, or do not end");
    }

    void skipContinued() throws Malformed {
      while (at < bytes.length && bytes[at] == ' ') {
        next();
      }
    }

    /** From a place in the line that was read last, with what continues it. */
    byte[] value(int from) throws Malformed {
      ByteArrayOutputStream value = new ByteArrayOutputStream();
      value.writeBytes(Arrays.copyOfRange(bytes, from, at));
      while (at < bytes.length && bytes[at] == ' ') {
        int start = at + 1;
        next();
        value.write(bytes, start, at - start);
      }
      return value.toByteArray();
    }
  }
}
