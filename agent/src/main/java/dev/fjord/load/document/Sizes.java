package dev.fjord.load.document;

import dev.fjord.model.ByteSize;
import org.jspecify.annotations.Nullable;

/** Sizes, each within the limits of what it measures. */
final class Sizes {
  private static final ByteSize PAGE = new ByteSize(4096);
  private static final ByteSize SECTOR = new ByteSize(512);
  private static final ByteSize LEAST_MEMORY = ByteSize.mib(16);
  private static final ByteSize MOST_MEMORY = ByteSize.gib(64);
  private static final ByteSize LEAST_BUILT = ByteSize.mib(16);
  private static final ByteSize LEAST_DISK = ByteSize.mib(1);

  /** Above it, sums of a few thousand could overflow; no disk is as large. */
  private static final ByteSize MOST_DISK = ByteSize.gib(64L << 10);

  private Sizes() {}

  static @Nullable Said<ByteSize> memory(Part part) {
    return within(part, LEAST_MEMORY, MOST_MEMORY, PAGE);
  }

  /** Swap; {@code 0B} is none. */
  static @Nullable Said<ByteSize> swap(Part part) {
    Said<ByteSize> none =
        part.text() != null && isZero(part) ? new Said<>(ByteSize.ZERO, part.at()) : null;
    return none != null ? none : within(part, LEAST_DISK, MOST_DISK, PAGE);
  }

  static @Nullable Said<ByteSize> volume(Part part) {
    return within(part, LEAST_DISK, MOST_DISK, PAGE);
  }

  static @Nullable Said<ByteSize> image(Part part) {
    return within(part, SECTOR, MOST_DISK, SECTOR);
  }

  /** Of an image whose file system is made: of whole blocks, and no smaller than makes sense. */
  static @Nullable Said<ByteSize> built(Part part) {
    return within(part, LEAST_BUILT, MOST_DISK, PAGE);
  }

  /** A size of which only the unit matters: of a machine, or of a quota. */
  static @Nullable ByteSize any(Part part) {
    Said<ByteSize> size = within(part, ByteSize.ZERO, new ByteSize(1L << 60), new ByteSize(1));
    return size == null ? null : size.value();
  }

  private static boolean isZero(Part part) {
    String text = part.text();
    return text != null && text.matches("0+[KMGT]?i?B");
  }

  private static @Nullable Said<ByteSize> within(
      Part part, ByteSize least, ByteSize most, ByteSize step) {
    Said<ByteSize> size = part.say(ByteSize::parse);
    if (size == null) {
      return null;
    }
    String fault = fault(size.value(), least, most, step);
    if (fault != null) {
      part.report("bad-size", size.value() + " " + fault, null);
      return null;
    }
    return size;
  }

  private static @Nullable String fault(
      ByteSize size, ByteSize least, ByteSize most, ByteSize step) {
    if (size.compareTo(least) < 0) {
      return "is too small: at least " + least + " are needed";
    }
    if (size.compareTo(most) > 0) {
      return "is too large: at most " + most + " are possible";
    }
    return size.bytes() % step.bytes() == 0 ? null : "is not a multiple of " + step;
  }
}
