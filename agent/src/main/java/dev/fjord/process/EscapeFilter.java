package dev.fjord.process;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;

/**
 * Passes what a program that may be hostile may send to a person's terminal: text, and sequences
 * that place, colour and erase it. It leaves out sequences that make a terminal answer (DA, DSR,
 * DECRQSS, reports of titles and windows), since the next program that reads would take the answer
 * for typed input, and sequences that set titles or clipboards (OSC 0, 2, 52), define keys, print,
 * move windows, or turn on reports of the mouse. ECMA-48 and xterm's ctlseqs list all sequences;
 * any that is not listed here is left out.
 *
 * <p>Text is UTF-8: each other byte becomes a question mark, so none is an eight-bit control
 * character. Keeps the beginning of an unfinished sequence between calls, 64 bytes at most. Not
 * thread-safe.
 */
final class EscapeFilter {
  private static final int ESCAPE = 0x1b;
  private static final int BELL = 0x07;
  private static final int LONGEST = 64;

  /** BEL, BS, HT, LF, VT, FF, CR, SO, SI. */
  private static final Set<Integer> CONTROLS = Set.of(7, 8, 9, 10, 11, 12, 13, 14, 15);

  /** Cursor saved and restored, lines up and down, a tab stop, keypads. */
  private static final String SHORT = "78DEMH=>";

  /** OSC, DCS, APC, PM, SOS, and screen's title: they go on until ST. */
  private static final String STRINGS = "]P_^Xk";

  private static final String CHARACTER_SETS = "()*+";
  private static final String CONTROL_FINALS = "@ABCDEFGHIJKLMPSTXZ`adefgmrsu";

  /** Insert mode; what terminfo(5) has for screen's cursor. */
  private static final Set<String> MODES = Set.of("4", "34");

  /** Cursor keys, reverse, origin, wrap, the cursor, and the other screen. */
  private static final Set<String> PRIVATE_MODES =
      Set.of("1", "5", "6", "7", "12", "25", "47", "1034", "1047", "1048", "1049");

  private enum State {
    TEXT,
    ESCAPED,
    TWO_LETTERS,
    CONTROL,
    STRING
  }

  private final StringBuilder begun = new StringBuilder();
  private final byte[] character = new byte[4];
  private int held;
  private int length;
  private State state = State.TEXT;

  /** The part of these bytes, and of those that were kept, that may be shown. */
  byte[] pass(byte[] bytes, int count) {
    ByteArrayOutputStream shown = new ByteArrayOutputStream(count);
    for (int i = 0; i < count; i++) {
      take(bytes[i] & 0xff, shown);
    }
    return shown.toByteArray();
  }

  private void take(int octet, ByteArrayOutputStream shown) {
    if (octet == ESCAPE) { // Ends whatever was begun.
      refuseCharacter(shown);
      begun.setLength(0);
      state = State.ESCAPED;
      return;
    }
    switch (state) {
      case TEXT -> text(octet, shown);
      case ESCAPED -> escaped(octet, shown);
      case TWO_LETTERS -> {
        boolean chooses = CHARACTER_SETS.indexOf(begun.charAt(0)) >= 0;
        if (chooses && octet < 0x80 && Character.isLetterOrDigit(octet)) {
          show(begun.toString() + (char) octet, shown);
        }
        state = State.TEXT;
      }
      case CONTROL -> control(octet, shown);
      case STRING -> {
        if (octet == BELL) {
          state = State.TEXT;
        }
      }
    }
  }

  private void text(int octet, ByteArrayOutputStream shown) {
    if (held > 0) {
      if ((octet & 0xc0) == 0x80) {
        character[held++] = (byte) octet;
        if (held == length) {
          character(shown);
        }
        return;
      }
      refuseCharacter(shown);
    }
    if (octet >= 0xc2 && octet <= 0xf4) {
      length = octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
      character[held++] = (byte) octet;
    } else if (octet >= 0x80) {
      shown.write('?');
    } else if (octet >= ' ' && octet != 0x7f || CONTROLS.contains(octet)) {
      shown.write(octet);
    }
  }

  /** Each of U+0080 to U+009F means the same as ESC and a letter. */
  private void character(ByteArrayOutputStream shown) {
    held = 0;
    if (length == 2 && character[0] == (byte) 0xc2 && character[1] < (byte) 0xa0) {
      take(ESCAPE, shown);
      take((character[1] & 0xff) - 0x40, shown);
    } else {
      shown.write(character, 0, length);
    }
  }

  private void refuseCharacter(ByteArrayOutputStream shown) {
    if (held > 0) {
      shown.write('?');
      held = 0;
    }
  }

  private void escaped(int octet, ByteArrayOutputStream shown) {
    state = State.TEXT;
    if (octet == '[') {
      state = State.CONTROL;
    } else if (STRINGS.indexOf(octet) >= 0) {
      state = State.STRING;
    } else if (octet >= 0x20 && octet < 0x30) {
      begun.append((char) octet);
      state = State.TWO_LETTERS;
    } else if (SHORT.indexOf(octet) >= 0) {
      show(Character.toString(octet), shown);
    }
  }

  private void control(int octet, ByteArrayOutputStream shown) {
    boolean isFinal = octet >= 0x40 && octet < 0x7f;
    if (!isFinal && octet >= 0x20 && octet < 0x40 && begun.length() < LONGEST) {
      begun.append((char) octet);
      return;
    }
    state = State.TEXT; // A character that has no place in a sequence ends it, as does its length.
    String parameters = begun.toString();
    if (isFinal && isHarmless(parameters, (char) octet)) {
      show("[" + parameters + (char) octet, shown);
    }
  }

  private static boolean isHarmless(String parameters, char last) {
    if (last == 'h' || last == 'l') {
      boolean own = parameters.startsWith("?");
      Set<String> modes = own ? PRIVATE_MODES : MODES;
      String all = own ? parameters.substring(1) : parameters;
      return modes.containsAll(List.of(all.split(";", -1)));
    }
    // One that begins with a mark of its own (?, >, =) is another sequence, and mostly a query.
    return CONTROL_FINALS.indexOf(last) >= 0
        && parameters.chars().allMatch(one -> one >= '0' && one <= ';')
        && (last != 'T' || parameters.indexOf(';') < 0); // With five it is about the mouse.
  }

  private static void show(String rest, ByteArrayOutputStream shown) {
    shown.write(ESCAPE);
    for (int i = 0; i < rest.length(); i++) {
      shown.write(rest.charAt(i));
    }
  }
}
