package io.polarj.platform.net.rdma;

import io.netty.buffer.ByteBuf;
import io.polarj.platform.net.Frames;
import io.polarj.platform.net.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What one SEND carries, little-endian:
 *
 * <pre>
 * payload length int | credits short | kind byte | 0 byte | payload
 * hello payload: the hello of TCP (16 bytes) | buffer bytes int | depth int
 * data payload:  frames as on TCP; one that is longer than a buffer goes on in the next
 * </pre>
 *
 * The credits are how many receive buffers the sender has posted again since it last said so.
 */
record Fragment(int kind, int credits, ByteBuffer payload) {
  static final int HEADER_BYTES = 8;
  static final int HELLO = 1;
  static final int DATA = 2;
  static final int CREDITS = 3;
  private static final int SMALLEST_SLOT = 1024;
  private static final int LARGEST_SLOT = 1 << 20;
  private static final int LARGEST_DEPTH = 1024;

  /** What a peer says of itself. */
  record Hello(int slotBytes, int depth) {}

  static void putHeader(ByteBuffer memory, int at, int payloadBytes, int credits, int kind) {
    memory
        .putInt(at, payloadBytes)
        .putShort(at + 4, (short) credits)
        .put(at + 6, (byte) kind)
        .put(at + 7, (byte) 0);
  }

  /** {@code received} is how many bytes the device says came in. */
  static Fragment parse(ByteBuffer raw, int received) {
    raw.order(ByteOrder.LITTLE_ENDIAN);
    if (received < HEADER_BYTES || received > raw.capacity()) {
      throw new MalformedMessageException("a fragment of " + received + " bytes");
    }
    int length = raw.getInt(0);
    int kind = raw.get(6);
    if (length != received - HEADER_BYTES) {
      throw new MalformedMessageException(
          "a fragment of " + received + " bytes that says it has " + length);
    }
    if (kind < HELLO || kind > CREDITS || raw.get(7) != 0 || (kind == CREDITS && length != 0)) {
      throw new MalformedMessageException("a fragment of kind " + kind);
    }
    return new Fragment(kind, raw.getShort(4) & 0xffff, raw.slice(HEADER_BYTES, length));
  }

  static void putHello(ByteBuffer target, RdmaSettings settings) {
    ByteBuf hello =
        Frames.hello(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT, settings.clusterId());
    int limit = target.limit();
    hello.readBytes(target.limit(target.position() + hello.readableBytes()));
    target.limit(limit).putInt(settings.slotBytes()).putInt(settings.depth());
    hello.release();
  }

  static Hello readHello(ByteBuf payload, long clusterId) {
    if (payload.readableBytes() != Frames.HELLO_BYTES + 8) {
      throw new MalformedMessageException("a hello of " + payload.readableBytes() + " bytes");
    }
    Frames.checkHello(payload, clusterId);
    Hello hello = new Hello(payload.readIntLE(), payload.readIntLE());
    if (hello.slotBytes() < SMALLEST_SLOT
        || hello.slotBytes() > LARGEST_SLOT
        || hello.depth() < 4
        || hello.depth() > LARGEST_DEPTH) {
      throw new MalformedMessageException("the peer says of itself " + hello);
    }
    return hello;
  }
}
