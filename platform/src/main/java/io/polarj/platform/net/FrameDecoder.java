package io.polarj.platform.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hello and frames off one connection; the first bad byte closes it and says why in the log. */
final class FrameDecoder extends ByteToMessageDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(FrameDecoder.class);
  private final Frames frames;
  private final long clusterId;
  private final Runnable onHello;
  private boolean greeted;
  private boolean broken;

  FrameDecoder(CodecRegistry codecs, long clusterId, Runnable onHello) {
    this.frames = new Frames(codecs);
    this.clusterId = clusterId;
    this.onHello = onHello;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      if (!greeted) {
        if (in.readableBytes() < Frames.HELLO_BYTES) {
          return;
        }
        Frames.checkHello(in, clusterId);
        greeted = true;
        onHello.run();
      }
      Message message = frames.decode(in);
      if (message != null) {
        out.add(message);
      }
    } catch (MalformedMessageException e) {
      broken = true;
      LOG.warn("connection {} closed: {}", context.channel(), e.getMessage());
      in.skipBytes(in.readableBytes());
      context.close();
    }
  }
}
