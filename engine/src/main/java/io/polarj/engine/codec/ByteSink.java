package io.polarj.engine.codec;

import java.util.Arrays;

/** A growing byte array that keys are written into. One thread, short-lived. */
final class ByteSink {
  private byte[] bytes;
  private int length;

  ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  int length() {
    return length;
  }

  void put(int value) {
    if (length == bytes.length) {
      grow(1);
    }
    bytes[length++] = (byte) value;
  }

  /** The low {@code width} bytes of the value, most significant first. */
  void putBigEndian(long value, int width) {
    if (length + width > bytes.length) {
      grow(width);
    }
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  void putAll(byte[] source) {
    putAll(source, 0, source.length);
  }

  void putAll(byte[] source, int offset, int count) {
    if (length + count > bytes.length) {
      grow(count);
    }
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  byte[] toArray() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void grow(int more) {
    bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
  }
}
