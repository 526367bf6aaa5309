package dev.fjord.load.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * The type of a scalar without quotes, by YAML 1.2's core schema (section 10.3.2). SnakeYAML's own
 * resolver is YAML 1.1, for which {@code no} is false, {@code 012} is ten and {@code 1:30} ninety.
 */
final class CoreSchema {
  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /** Longer ones are text: nothing here counts that far, and converting digits is quadratic. */
  private static final int LONGEST_NUMBER = 60;

  private CoreSchema() {}

  static JsonNode typed(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> NullNode.getInstance();
      case "true", "True", "TRUE" -> BooleanNode.TRUE;
      case "false", "False", "FALSE" -> BooleanNode.FALSE;
      default -> mayBeNumber(text) ? number(text) : TextNode.valueOf(text);
    };
  }

  private static boolean mayBeNumber(String text) {
    char first = text.charAt(0);
    return text.length() <= LONGEST_NUMBER
        && (first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.');
  }

  private static JsonNode number(String text) {
    if (DECIMAL.matcher(text).matches()) {
      return integer(text, 0, 10);
    }
    if (OCTAL.matcher(text).matches()) {
      return integer(text, 2, 8);
    }
    if (HEXADECIMAL.matcher(text).matches()) {
      return integer(text, 2, 16);
    }
    if (FLOAT.matcher(text).matches()) {
      double value = Double.parseDouble(text);
      // Infinity has no JSON form. It stays text, and so does not fit where a number is wanted.
      return Double.isFinite(value) ? DoubleNode.valueOf(value) : TextNode.valueOf(text);
    }
    return TextNode.valueOf(text);
  }

  private static JsonNode integer(String text, int skip, int radix) {
    BigInteger value = new BigInteger(text.substring(skip), radix);
    return value.bitLength() < Long.SIZE
        ? LongNode.valueOf(value.longValue())
        : BigIntegerNode.valueOf(value);
  }
}
