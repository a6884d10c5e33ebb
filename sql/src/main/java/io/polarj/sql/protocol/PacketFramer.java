package io.polarj.sql.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.polarj.sql.error.SqlError;
import java.util.List;

/**
 * Cuts the byte stream into packets and joins those that were split at 16 MiB. Nothing is gathered
 * beyond the limit: a packet that is longer is read past and shows up without its payload, so that
 * the client can be told and the connection lives on. Owned by the connection's thread.
 */
final class PacketFramer extends ByteToMessageDecoder {
  /**
   * A whole packet: its payload, owned by the receiver, and the sequence number of its last part.
   */
  record Packet(ByteBuf payload, int sequence, boolean tooLarge) {
    /** Reads the payload; throws PACKET_TOO_LARGE when it was not kept. */
    PacketReader reader() {
      if (tooLarge) {
        throw SqlError.PACKET_TOO_LARGE.with();
      }
      return new PacketReader(payload);
    }
  }

  private static final int MAX_PAYLOAD = 0xffffff;

  private int limitBytes;
  private ByteBuf joined;
  private boolean tooLarge;
  private int skipBytes;
  private boolean skipsLastPart;
  private int sequence;

  PacketFramer(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  void limitBytes(int bytes) {
    limitBytes = bytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (skipBytes > 0) {
      skip(in, out);
      return;
    }
    if (in.readableBytes() < 4) {
      return;
    }
    int length = in.getUnsignedMediumLE(in.readerIndex());
    int gathered = joined == null ? 0 : joined.readableBytes();
    if (tooLarge || gathered + (long) length > limitBytes) {
      tooLarge = true;
      dropJoined();
      startPart(in);
      skipBytes = length;
      skipsLastPart = length < MAX_PAYLOAD;
      skip(in, out);
      return;
    }
    if (in.readableBytes() < 4 + length) {
      return;
    }
    startPart(in);
    if (length < MAX_PAYLOAD && joined == null) {
      out.add(new Packet(in.readRetainedSlice(length), sequence, false));
      return;
    }
    if (joined == null) {
      joined = context.alloc().buffer(MAX_PAYLOAD * 2);
    }
    joined.writeBytes(in, length);
    if (length < MAX_PAYLOAD) {
      out.add(new Packet(joined, sequence, false));
      joined = null;
    }
  }

  private void startPart(ByteBuf in) {
    sequence = in.getUnsignedByte(in.readerIndex() + 3);
    in.skipBytes(4);
  }

  private void skip(ByteBuf in, List<Object> out) {
    int bytes = Math.min(skipBytes, in.readableBytes());
    in.skipBytes(bytes);
    skipBytes -= bytes;
    if (skipBytes == 0 && skipsLastPart) {
      tooLarge = false;
      out.add(new Packet(Unpooled.EMPTY_BUFFER, sequence, true));
    }
  }

  private void dropJoined() {
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    dropJoined();
  }
}
