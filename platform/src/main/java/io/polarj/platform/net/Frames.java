package io.polarj.platform.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes on a connection, over TCP and over RDMA, little-endian. Each side begins with a hello
 * and continues with frames:
 *
 * <pre>
 * hello: magic int "PLRJ" | version short | 0 short | cluster id long
 * frame: length int (of what follows) | version byte | 0 byte | type id short
 *        | CRC32C int (of the four bytes before it, then the body) | body
 * </pre>
 */
public final class Frames {
  static final int MAX_BODY_BYTES = 8 << 20;
  public static final int HELLO_BYTES = 16;
  static final int HEADER_BYTES = 12;
  private static final int MAGIC = 'P' | 'L' << 8 | 'R' << 16 | 'J' << 24;
  private static final int VERSION = 1;

  /** What the length counts besides the body. */
  private static final int COUNTED_HEADER_BYTES = 8;

  private static final int LARGEST_KEPT_WRITER_BYTES = 1 << 20;

  private final CodecRegistry codecs;
  private final CRC32C crc = new CRC32C();
  private MessageWriter body = MessageWriter.gathering(8 << 10);

  /** One per thread that encodes or decodes. */
  public Frames(CodecRegistry codecs) {
    this.codecs = codecs;
  }

  public static ByteBuf hello(ByteBufAllocator allocator, long clusterId) {
    return allocator
        .directBuffer(HELLO_BYTES)
        .writeIntLE(MAGIC)
        .writeShortLE(VERSION)
        .writeShortLE(0)
        .writeLongLE(clusterId);
  }

  /** Takes the peer's hello off the buffer and refuses a stranger's. */
  public static void checkHello(ByteBuf in, long clusterId) {
    int magic = in.readIntLE();
    if (magic != MAGIC) {
      throw new MalformedMessageException(
          "the peer does not speak PolarJ: it began with 0x" + Integer.toHexString(magic));
    }
    int version = in.readShortLE();
    if (version != VERSION) {
      throw new MalformedMessageException(
          "the peer speaks version " + version + ", this node " + VERSION);
    }
    in.skipBytes(2);
    long peersCluster = in.readLongLE();
    if (peersCluster != clusterId) {
      throw new MalformedMessageException(
          "the peer belongs to cluster " + peersCluster + ", this node to " + clusterId);
    }
  }

  public ByteBuf encode(Message message, ByteBufAllocator allocator) {
    body.reset();
    int typeId = codecs.encode(message, body);
    int length = body.length();
    if (length > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          message.getClass().getName() + " has " + length + " bytes; at most " + MAX_BODY_BYTES);
    }
    ByteBuf frame = allocator.directBuffer(HEADER_BYTES + length);
    frame
        .writeIntLE(COUNTED_HEADER_BYTES + length)
        .writeByte(VERSION)
        .writeByte(0)
        .writeShortLE(typeId)
        .writeIntLE(checksum(typeId, body));
    body.forEachPart(frame::writeBytes);
    if (body.capacity() > LARGEST_KEPT_WRITER_BYTES) {
      body = MessageWriter.gathering(8 << 10);
    } else {
      body.reset();
    }
    return frame;
  }

  /** The length of the frame that begins here; only of one that {@link #decode} found too short. */
  public static int frameBytes(ByteBuf in) {
    if (in.readableBytes() < 4) {
      throw new MalformedMessageException("a frame cut within its length");
    }
    return 4 + in.getIntLE(in.readerIndex());
  }

  /** The next message, or null when its frame is not all there yet. */
  public Message decode(ByteBuf in) {
    if (in.readableBytes() < 4) {
      return null;
    }
    int length = in.getIntLE(in.readerIndex());
    if (length < COUNTED_HEADER_BYTES || length > COUNTED_HEADER_BYTES + MAX_BODY_BYTES) {
      throw new MalformedMessageException("a frame of " + length + " bytes");
    }
    if (in.readableBytes() < 4 + length) {
      return null;
    }
    in.skipBytes(4);
    int version = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int typeId = in.readUnsignedShortLE();
    int expected = in.readIntLE();
    ByteBuffer bytes = in.nioBuffer(in.readerIndex(), length - COUNTED_HEADER_BYTES);
    in.skipBytes(bytes.remaining());
    startChecksum(version, flags, typeId);
    crc.update(bytes.duplicate());
    if ((int) crc.getValue() != expected) {
      throw new MalformedMessageException("checksum mismatch in a frame of type " + typeId);
    }
    if (version != VERSION || flags != 0) {
      throw new MalformedMessageException("a frame of version " + version + ", flags " + flags);
    }
    return codecs.decode(typeId, new MessageReader(bytes));
  }

  private int checksum(int typeId, MessageWriter parts) {
    startChecksum(VERSION, 0, typeId);
    parts.forEachPart(crc::update);
    return (int) crc.getValue();
  }

  private void startChecksum(int version, int flags, int typeId) {
    crc.reset();
    crc.update(version);
    crc.update(flags);
    crc.update(typeId & 0xff);
    crc.update(typeId >>> 8);
  }
}
