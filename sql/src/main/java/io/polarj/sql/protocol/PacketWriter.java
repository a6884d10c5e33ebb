package io.polarj.sql.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;

/**
 * Builds packets one after another in a buffer and hands it to the channel when it is full or
 * flushed. Payloads of 16 MiB and more are split as the protocol asks. Owned by the connection's
 * thread.
 */
final class PacketWriter {
  private static final int MAX_PAYLOAD = 0xffffff;
  private static final int FULL_BYTES = 128 * 1024;

  private final Channel channel;
  private final Runnable awaitWritable;
  private ByteBuf buffer;
  private int packetStart = -1;
  private int sequence;

  /** {@code awaitWritable} returns when the client has taken enough for more to be sent. */
  PacketWriter(Channel channel, Runnable awaitWritable) {
    this.channel = channel;
    this.awaitWritable = awaitWritable;
    this.buffer = channel.alloc().directBuffer(4096);
  }

  /** The sequence number of the next packet. */
  void sequence(int next) {
    sequence = next & 0xff;
  }

  int sequence() {
    return sequence;
  }

  PacketWriter begin() {
    if (packetStart >= 0) {
      throw new IllegalStateException("a packet is open");
    }
    packetStart = buffer.writerIndex();
    buffer.writeIntLE(0);
    return this;
  }

  /** Ends the packet; it goes out with the next flush, or at once when much has gathered. */
  void end() {
    int length = buffer.writerIndex() - packetStart - 4;
    if (length < MAX_PAYLOAD) {
      buffer.setIntLE(packetStart, length | (sequence << 24));
      sequence = (sequence + 1) & 0xff;
    } else {
      split(length);
    }
    packetStart = -1;
    if (buffer.readableBytes() >= FULL_BYTES) {
      flush();
      awaitWritable.run();
    }
  }

  private void split(int length) {
    ByteBuf whole = buffer;
    int payload = packetStart + 4;
    ByteBuf parts = channel.alloc().directBuffer(whole.readableBytes() + 64);
    parts.writeBytes(whole, whole.readerIndex(), packetStart - whole.readerIndex());
    int left = length;
    while (true) {
      int part = Math.min(left, MAX_PAYLOAD);
      parts.writeIntLE(part | (sequence << 24));
      sequence = (sequence + 1) & 0xff;
      parts.writeBytes(whole, payload, part);
      payload += part;
      left -= part;
      if (part < MAX_PAYLOAD) {
        break;
      }
    }
    whole.release();
    buffer = parts;
  }

  /** Forgets an unfinished packet, after an error while its values were written. */
  void abandon() {
    if (packetStart >= 0) {
      buffer.writerIndex(packetStart);
      packetStart = -1;
    }
  }

  void flush() {
    if (!buffer.isReadable()) {
      return;
    }
    ByteBuf full = buffer;
    buffer = channel.alloc().directBuffer(4096);
    channel.writeAndFlush(full, channel.voidPromise());
  }

  void release() {
    buffer.release();
    buffer = Unpooled.EMPTY_BUFFER;
  }

  PacketWriter writeByte(int value) {
    buffer.writeByte(value);
    return this;
  }

  PacketWriter writeShort(int value) {
    buffer.writeShortLE(value);
    return this;
  }

  PacketWriter writeInt(int value) {
    buffer.writeIntLE(value);
    return this;
  }

  PacketWriter writeLong(long value) {
    buffer.writeLongLE(value);
    return this;
  }

  PacketWriter writeZeros(int count) {
    buffer.writeZero(count);
    return this;
  }

  PacketWriter writeBytes(byte[] bytes) {
    buffer.writeBytes(bytes);
    return this;
  }

  PacketWriter writeLengthEncoded(long value) {
    if (Long.compareUnsigned(value, 251) < 0) {
      buffer.writeByte((int) value);
    } else if (Long.compareUnsigned(value, 0x10000) < 0) {
      buffer.writeByte(0xfc).writeShortLE((int) value);
    } else if (Long.compareUnsigned(value, 0x1000000) < 0) {
      buffer.writeByte(0xfd).writeMediumLE((int) value);
    } else {
      buffer.writeByte(0xfe).writeLongLE(value);
    }
    return this;
  }

  PacketWriter writeLengthEncoded(byte[] bytes) {
    writeLengthEncoded(bytes.length);
    buffer.writeBytes(bytes);
    return this;
  }

  PacketWriter writeLengthEncoded(String text) {
    // The JDK encodes whole arrays at once, several times faster than measuring and writing
    // character by character into the buffer.
    return writeLengthEncoded(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A decimal number as text with its length in front, without making a string. */
  PacketWriter writeLengthEncodedDecimal(long value) {
    if (value == Long.MIN_VALUE) {
      return writeLengthEncoded(Long.toString(value));
    }
    long magnitude = Math.abs(value);
    int digits = 1;
    for (long power = 10; digits < 19 && magnitude >= power; power *= 10) {
      digits++;
    }
    int length = value < 0 ? digits + 1 : digits;
    buffer.writeByte(length);
    int at = buffer.writerIndex();
    buffer.ensureWritable(length);
    if (value < 0) {
      buffer.setByte(at, '-');
    }
    for (int i = length - 1; i >= length - digits; i--) {
      buffer.setByte(at + i, (int) ('0' + magnitude % 10));
      magnitude /= 10;
    }
    buffer.writerIndex(at + length);
    return this;
  }

  PacketWriter writeNulTerminated(String text) {
    buffer.writeCharSequence(text, StandardCharsets.UTF_8);
    buffer.writeByte(0);
    return this;
  }

  PacketWriter writeRest(String text) {
    buffer.writeCharSequence(text, StandardCharsets.UTF_8);
    return this;
  }
}
