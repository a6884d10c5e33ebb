package io.polarj.platform.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing little-endian byte buffer. Also used for records on disk. Not thread-safe. */
public final class MessageWriter {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int length;

  public MessageWriter() {
    this(256);
  }

  public MessageWriter(int capacity) {
    bytes = new byte[capacity];
  }

  public MessageWriter putByte(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
    return this;
  }

  public MessageWriter putBoolean(boolean value) {
    return putByte(value ? 1 : 0);
  }

  public MessageWriter putShort(int value) {
    ensure(2);
    SHORT.set(bytes, length, (short) value);
    length += 2;
    return this;
  }

  public MessageWriter putInt(int value) {
    ensure(4);
    INT.set(bytes, length, value);
    length += 4;
    return this;
  }

  public MessageWriter putLong(long value) {
    ensure(8);
    LONG.set(bytes, length, value);
    length += 8;
    return this;
  }

  /** The bytes alone; the reader has to know how many. */
  public MessageWriter putRaw(byte[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** An int length and the bytes. */
  public MessageWriter putBytes(byte[] source) {
    putInt(source.length);
    return putRaw(source, 0, source.length);
  }

  /** UTF-8 with an int length. */
  public MessageWriter putString(String value) {
    return putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public int length() {
    return length;
  }

  /** Overwrites an int written before, for a length known only afterwards. */
  public void setInt(int at, int value) {
    if (at < 0 || at + 4 > length) {
      throw new IndexOutOfBoundsException(at);
    }
    INT.set(bytes, at, value);
  }

  public void reset() {
    length = 0;
  }

  /** The buffer itself; valid up to {@link #length()} and until the next put. */
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  private void ensure(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, Math.max(64, bytes.length * 2)));
    }
  }
}
