package io.polarj.platform.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing little-endian byte buffer. Also used for records on disk. A network's gathers: it keeps
 * large arrays aside instead of copying them, and hands out everything in parts. Not thread-safe.
 */
public final class MessageWriter {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Below this a copy is cheaper than a part of its own. */
  private static final int PART_BYTES = 1024;

  /** An array put aside; it stands before the buffered byte {@code at}. */
  private record Aside(int at, byte[] source, int offset, int count) {}

  /** Takes a run of bytes. */
  @FunctionalInterface
  interface PartSink {
    void part(byte[] source, int offset, int count);
  }

  private final List<Aside> asides = new ArrayList<>();
  private final boolean gathers;
  private byte[] bytes;
  private int length;
  private int asideBytes;

  public MessageWriter() {
    this(256);
  }

  public MessageWriter(int capacity) {
    this(capacity, false);
  }

  private MessageWriter(int capacity, boolean gathers) {
    this.bytes = new byte[capacity];
    this.gathers = gathers;
  }

  /** One whose large arrays must not change until {@link #forEachPart} has handed them out. */
  static MessageWriter gathering(int capacity) {
    return new MessageWriter(capacity, true);
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
    if (gathers && count >= PART_BYTES) {
      asides.add(new Aside(length, source, offset, count));
      asideBytes += count;
      return this;
    }
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
    return length + asideBytes;
  }

  /** How much memory the writer keeps. */
  int capacity() {
    return bytes.length;
  }

  /** All bytes, in order. */
  void forEachPart(PartSink sink) {
    int done = 0;
    for (Aside aside : asides) {
      sink.part(bytes, done, aside.at() - done);
      sink.part(aside.source(), aside.offset(), aside.count());
      done = aside.at();
    }
    sink.part(bytes, done, length - done);
  }

  /** Overwrites an int written before, for a length known only afterwards. */
  public void setInt(int at, int value) {
    int buffered = at;
    int before = 0;
    for (Aside aside : asides) {
      if (at >= aside.at() + before + aside.count()) {
        before += aside.count();
        buffered = at - before;
      }
    }
    if (buffered < 0 || buffered + 4 > length) {
      throw new IndexOutOfBoundsException(at);
    }
    INT.set(bytes, buffered, value);
  }

  public void reset() {
    length = 0;
    asides.clear();
    asideBytes = 0;
  }

  /** The buffer itself; valid up to {@link #length()} and until the next put. */
  public byte[] array() {
    if (!asides.isEmpty()) {
      throw new IllegalStateException("a gathering writer has parts, not an array");
    }
    return bytes;
  }

  public byte[] toByteArray() {
    byte[] all = new byte[length()];
    int[] at = {0};
    forEachPart((source, offset, count) -> {
      System.arraycopy(source, offset, all, at[0], count);
      at[0] += count;
    });
    return all;
  }

  private void ensure(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, Math.max(64, bytes.length * 2)));
    }
  }
}
