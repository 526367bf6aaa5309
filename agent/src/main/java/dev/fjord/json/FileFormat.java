package dev.fjord.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fjord.file.DurableFile;
import dev.fjord.file.FileMemory;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The form of one kind of file that outlives the process: a JSON object whose first field, {@code
 * version}, numbers the forms that it has had. A file without that field is from before fjord's
 * files had versions, and is read as the first one.
 *
 * <p>A file with a larger version was left by a newer fjord. What it says is not known, so it is
 * neither read nor replaced: either attempt ends with the problem {@link #NEWER}.
 *
 * <p>A field that is added and may be missing needs no new version, since unknown fields are
 * ignored; a field that changes its meaning, or without which the rest misleads, needs one.
 * Thread-safe.
 *
 * @param <T> a record with the fields of the present version
 */
public final class FileFormat<T> {
  /** Code of the problem with a file that a newer version of fjord has left. */
  public static final String NEWER = "newer-file";

  private static final ObjectMapper MAPPER = ModelJson.componentsOnly();
  private static final String VERSION = "version";

  /** Enough for a few kinds, each with a note for each version of an image or kernel. */
  private static final int MOST_NOTES = 1_000;

  private final Class<T> type;
  private final int version;
  private final int longest;
  private final String meanwhile;
  private final Map<Path, T> notes = new ConcurrentHashMap<>();

  /**
   * @param version of the files that are written; 1 or more
   * @param longest how many bytes a file may have
   * @param meanwhile a sentence for a person: what becomes of the thing while a newer version's
   *     file lies there
   */
  public FileFormat(Class<T> type, int version, int longest, String meanwhile) {
    this.type = type;
    this.version = version;
    this.longest = longest;
    this.meanwhile = meanwhile;
  }

  /**
   * Learns how values are written and read: at a time when nothing waits for it; otherwise each of
   * the threads that need it first would learn it for itself.
   */
  public void learn() {
    MAPPER.writerFor(type);
    MAPPER.readerFor(type);
  }

  /** The content of a file in the present version. */
  public byte[] bytes(T value) {
    ObjectNode file = MAPPER.createObjectNode();
    file.put(VERSION, version);
    file.setAll((ObjectNode) MAPPER.valueToTree(value));
    return ModelJson.write(file);
  }

  /**
   * Reads a file's content.
   *
   * @param origin named in the error
   * @throws ProblemException {@link #NEWER}, or {@code unreadable-json}
   */
  public T parse(byte[] json, String origin) {
    if (json.length > longest) {
      throw Problem.of("unreadable-json", origin + " does not hold what fjord writes there")
          .detail("it is longer than " + longest + " bytes")
          .asException();
    }
    refuseNewer(json, origin);
    return ModelJson.read(MAPPER, json, type, origin);
  }

  /**
   * Reads a file; links are not followed.
   *
   * @throws IOException when it is not there, or cannot be read
   * @throws ProblemException as {@link #parse} does
   */
  public T read(Path file) throws IOException {
    return parse(content(file), file.toString());
  }

  /**
   * What a file says; null when it is not there or is damaged, so that the caller begins anew.
   *
   * @throws ProblemException {@link #NEWER} alone
   */
  public @Nullable T orNull(Path file) {
    return orNull(this::read, file);
  }

  /** The same, of a file whose content is remembered. */
  public @Nullable T orNull(FileMemory<T> memory, Path file) {
    return orNull(one -> memory.of(one, this::read), file);
  }

  private @Nullable T orNull(FileMemory.Reading<T> reading, Path file) {
    try {
      return reading.read(file);
    } catch (IOException noneOrUnreadable) {
      return null;
    } catch (ProblemException e) {
      if (isNewer(e)) {
        throw e;
      }
      return null;
    }
  }

  /**
   * Replaces a file, durably ({@link DurableFile#write}).
   *
   * @throws ProblemException {@link #NEWER} when a newer version's lies there, which stays
   */
  public void write(Path file, T value) {
    refuseToReplace(file);
    DurableFile.write(file, bytes(value));
  }

  /** The same with {@link DurableFile#writeForThisBoot}. */
  public void writeForThisBoot(Path file, T value) {
    refuseToReplace(file);
    DurableFile.writeForThisBoot(file, bytes(value));
  }

  /**
   * What was found out before, and can be found out again; null for nothing. Where a newer
   * version's file lies there, this is what this process has found out itself.
   */
  public @Nullable T note(Path file) {
    try {
      return orNull(file);
    } catch (ProblemException newer) {
      return notes.get(file);
    }
  }

  /** Keeps what was found out; in memory alone where a newer version's file lies there. */
  public void keepNote(Path file, T value) {
    try {
      write(file, value);
    } catch (ProblemException e) {
      if (!isNewer(e)) {
        throw e;
      }
      if (notes.size() >= MOST_NOTES) {
        notes.clear();
      }
      notes.put(file, value);
    }
  }

  /** Whether the problem is about a file that a newer version of fjord has left. */
  public static boolean isNewer(ProblemException e) {
    return e.problem().code().equals(NEWER);
  }

  /**
   * Makes sure that no newer version's file lies there; none at all is fine.
   *
   * @throws ProblemException {@link #NEWER}
   */
  public void refuseToReplace(Path file) {
    try {
      refuseNewer(content(file), file.toString());
    } catch (NoSuchFileException none) {
      return;
    } catch (IOException unreadable) {
      return; // If it is not a file, the write reports that.
    }
  }

  private void refuseNewer(byte[] json, String origin) {
    int found = version(json);
    if (found > version) {
      throw Problem.of(NEWER, origin + " was written by a newer version of fjord than this one")
          .detail("its format is version %d; this fjord knows %d".formatted(found, version))
          .hint(meanwhile + " Install the newer fjord again, or one that came after it.")
          .asException();
    }
  }

  private byte[] content(Path file) throws IOException {
    try (InputStream in =
        Channels.newInputStream(
            Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      return in.readNBytes(longest + 1);
    }
  }

  /** A version that no int holds is newer than any. */
  private static int atMost(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.INT
        ? parser.getIntValue()
        : Integer.MAX_VALUE;
  }

  /**
   * The version of the file; 0 when it has none, or is torn before it: then it does not seem to be
   * from a newer version.
   */
  private static int version(byte[] json) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return 0;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isVersion = parser.currentName().equals(VERSION);
        JsonToken value = parser.nextToken();
        if (isVersion) {
          return value == JsonToken.VALUE_NUMBER_INT ? atMost(parser) : 0;
        }
        parser.skipChildren();
      }
      return 0;
    } catch (IOException torn) {
      return 0;
    }
  }
}
