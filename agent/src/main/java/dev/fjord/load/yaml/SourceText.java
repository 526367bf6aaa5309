package dev.fjord.load.yaml;

import dev.fjord.problem.Location;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file's bytes as text: UTF-8, with nothing in it that a reviewer cannot see. */
final class SourceText {
  private static final Pattern CONFLICT = Pattern.compile("^<{7} ", Pattern.MULTILINE);

  private static final int LONGEST_LINE = 1 << 18;

  private static final Pattern ODD_SPACE =
      Pattern.compile(
          "(?m)^[ \\t]*+(?:-[ \\t]++)*+(?:-|[A-Za-z][A-Za-z0-9._-]*+:)?[ \\t]*+"
              + "([\\u00A0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000])");

  private SourceText() {}

  static String of(String file, byte[] bytes) {
    CharBuffer out = CharBuffer.allocate(bytes.length);
    // A fresh decoder reports malformed input instead of replacing it.
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), out, true);
    String text = out.flip().toString();
    if (!result.isUnderflow()) {
      throw YamlFault.of(
          "not-utf-8",
          "the file is not text in UTF-8",
          "save it as UTF-8",
          at(file, text, text.length()));
    }
    refuseInvisible(file, text);
    refuseLongLine(file, text);
    refuseOddIndentation(file, text);
    refuseConflict(file, text);
    return text;
  }

  private static void refuseInvisible(String file, String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (isInvisible(character) && !(i == 0 && character == '\uFEFF')) {
        throw YamlFault.of(
            "invisible-character",
            "the file holds the invisible character U+%04X".formatted((int) character),
            "delete it: with such characters a text can look different from what it says",
            at(file, text, i));
      }
    }
  }

  /** What looks like a space and is none, where YAML counts spaces or ends a field's name. */
  private static void refuseOddIndentation(String file, String text) {
    Matcher odd = ODD_SPACE.matcher(text);
    if (odd.find()) {
      throw YamlFault.of(
          "odd-space",
          "a character that looks like a space and is none (U+%04X) stands where YAML takes spaces"
                  .formatted((int) text.charAt(odd.start(1)))
              + " only",
          "replace it by a space: such come with text copied from web pages and word processors",
          at(file, text, odd.start(1)));
    }
  }

  /** The parser looks at a word or a comment again for each kilobyte of it that it reads. */
  private static void refuseLongLine(String file, String text) {
    int start = 0;
    for (int end = 0; end <= text.length(); end++) {
      if (end - start > LONGEST_LINE) {
        throw YamlFault.of(
            "too-long",
            "a line has more than %,d characters".formatted(LONGEST_LINE),
            "the file was not read",
            at(file, text, start));
      }
      if (end < text.length() && text.charAt(end) == '\n') {
        start = end + 1;
      }
    }
  }

  private static void refuseConflict(String file, String text) {
    Matcher conflict = CONFLICT.matcher(text);
    if (conflict.find()) {
      throw YamlFault.of(
          "merge-conflict",
          "a merge left a conflict in the file",
          "choose between what follows '<<<<<<<' and what follows '======='",
          at(file, text, conflict.start()));
    }
  }

  /** Controls, and what turns the direction of writing: a diff with one shows something else. */
  private static boolean isInvisible(char character) {
    return character < ' ' && character != '\n' && character != '\r' && character != '\t'
        || character >= 0x7F && character <= 0x9F
        || character == 0x200B
        || character == 0x200E
        || character == 0x200F
        || character >= 0x2028 && character <= 0x202E
        || character >= 0x2060 && character <= 0x2069
        || character == 0xFEFF
        || character >= 0xFFFE;
  }

  private static Location at(String file, String text, int index) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < index; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new Location(file, line, text.codePointCount(start, index) + 1);
  }
}
