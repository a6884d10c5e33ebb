package io.polarj.sql.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import java.util.List;

/**
 * Cuts the byte stream into packets and joins those that were split at 16 MiB. Nothing is gathered
 * beyond the max_allowed_packet that holds for the connection.
 */
final class PacketFramer extends ByteToMessageDecoder {
  /**
   * A whole packet: its payload, owned by the receiver, and the sequence number of its last part.
   */
  record Packet(ByteBuf payload, int sequence) {}

  private static final int MAX_PAYLOAD = 0xffffff;
  private final int maxBytes;
  private ByteBuf joined;

  PacketFramer(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < 4) {
      return;
    }
    int length = in.getUnsignedMediumLE(in.readerIndex());
    int gathered = joined == null ? 0 : joined.readableBytes();
    if (gathered + (long) length > maxBytes) {
      throw new TooLongFrameException("packet of " + (gathered + (long) length) + " bytes");
    }
    if (in.readableBytes() < 4 + length) {
      return;
    }
    int sequence = in.getUnsignedByte(in.readerIndex() + 3);
    in.skipBytes(4);
    if (length == MAX_PAYLOAD || joined != null) {
      if (joined == null) {
        joined = context.alloc().buffer(MAX_PAYLOAD * 2);
      }
      joined.writeBytes(in, length);
      if (length == MAX_PAYLOAD) {
        return;
      }
      out.add(new Packet(joined, sequence));
      joined = null;
    } else {
      out.add(new Packet(in.readRetainedSlice(length), sequence));
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }
}
