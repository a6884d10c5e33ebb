package io.polarj.platform.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link MessageWriter} wrote. Every read checks the bounds first. What it returns is
 * the caller's own: a network reads straight from the buffer that the bytes came in, so that a
 * payload is copied once. Not thread-safe.
 */
public final class MessageReader {
  private final ByteBuffer bytes;
  private final int end;
  private int position;

  public MessageReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public MessageReader(byte[] bytes, int offset, int length) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.position = offset;
    this.end = offset + length;
  }

  /** Reads the buffer's remaining bytes, which must not change before the reading is done. */
  MessageReader(ByteBuffer body) {
    this.bytes = body.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.end = bytes.capacity();
  }

  public int getByte() {
    return bytes.get(take(1)) & 0xff;
  }

  public boolean getBoolean() {
    int value = getByte();
    if (value > 1) {
      throw new MalformedMessageException("not a boolean: " + value);
    }
    return value == 1;
  }

  public int getShort() {
    return bytes.getShort(take(2)) & 0xffff;
  }

  public int getInt() {
    return bytes.getInt(take(4));
  }

  public long getLong() {
    return bytes.getLong(take(8));
  }

  public byte[] getRaw(int count) {
    int from = take(count);
    byte[] copy = new byte[count];
    bytes.get(from, copy);
    return copy;
  }

  /**
   * Bytes written by {@code putBytes}; their length is checked against what is left before anything
   * is allocated.
   */
  public byte[] getBytes() {
    return getRaw(getInt());
  }

  public String getString() {
    return new String(getBytes(), StandardCharsets.UTF_8);
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
