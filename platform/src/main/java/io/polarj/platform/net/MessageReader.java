package io.polarj.platform.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link MessageWriter} wrote. Every read checks the bounds first. Not thread-safe. */
public final class MessageReader {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int position;

  public MessageReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public MessageReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  public int getByte() {
    return bytes[take(1)] & 0xff;
  }

  public boolean getBoolean() {
    int value = getByte();
    if (value > 1) {
      throw new MalformedMessageException("not a boolean: " + value);
    }
    return value == 1;
  }

  public int getShort() {
    return (short) SHORT.get(bytes, take(2)) & 0xffff;
  }

  public int getInt() {
    return (int) INT.get(bytes, take(4));
  }

  public long getLong() {
    return (long) LONG.get(bytes, take(8));
  }

  public byte[] getRaw(int count) {
    int from = take(count);
    return Arrays.copyOfRange(bytes, from, from + count);
  }

  /**
   * Bytes written by {@code putBytes}; their length is checked against what is left before anything
   * is allocated.
   */
  public byte[] getBytes() {
    return getRaw(getInt());
  }

  public String getString() {
    int count = getInt();
    int from = take(count);
    return new String(bytes, from, count, StandardCharsets.UTF_8);
  }

  /**
   * A count of elements of at least {@code elementBytes} each, refused when they cannot be there.
   */
  public int getCount(int elementBytes) {
    int count = getInt();
    if (count < 0 || (long) count * elementBytes > remaining()) {
      throw new MalformedMessageException("count " + count + " exceeds the message");
    }
    return count;
  }

  public int remaining() {
    return end - position;
  }

  public int position() {
    return position;
  }

  private int take(int count) {
    if (count < 0 || count > end - position) {
      throw new MalformedMessageException(
          "needs " + count + " bytes, " + (end - position) + " are left");
    }
    int at = position;
    position += count;
    return at;
  }
}
