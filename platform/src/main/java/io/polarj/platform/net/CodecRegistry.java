package io.polarj.platform.net;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The codecs that a network speaks. Made once; thread-safe, provided that its codecs are. */
public final class CodecRegistry {
  private static final int RANGE_BITS = 8;
  private final List<MessageCodec> codecs;
  private final Map<Integer, MessageCodec> byRange = new TreeMap<>();
  private final Map<Class<?>, MessageCodec> byType = new ConcurrentHashMap<>();

  public CodecRegistry(MessageCodec... codecs) {
    this.codecs = List.of(codecs);
    for (MessageCodec codec : codecs) {
      int base = codec.typeBase();
      if (base < 0 || base > 0xff00 || (base & 0xff) != 0) {
        throw new IllegalArgumentException(
            codec.getClass().getName() + ": type base " + base + " is not a multiple of 256");
      }
      MessageCodec other = byRange.putIfAbsent(base >>> RANGE_BITS, codec);
      if (other != null) {
        throw new IllegalArgumentException(
            codec.getClass().getName() + " and " + other.getClass().getName() + " share " + base);
      }
    }
  }

  /** Writes the body and returns the type id. */
  public int encode(Message message, MessageWriter out) {
    Class<? extends Message> type = message.getClass();
    MessageCodec codec = byType.get(type);
    if (codec == null) {
      codec = find(type);
      byType.put(type, codec);
    }
    return codec.encode(message, out);
  }

  /** Reads a body; every byte of it must belong to the message. */
  public Message decode(int typeId, MessageReader in) {
    MessageCodec codec = byRange.get(typeId >>> RANGE_BITS);
    if (codec == null) {
      throw new MalformedMessageException("no codec for message type " + typeId);
    }
    Message message = codec.decode(typeId, in);
    if (in.remaining() != 0) {
      throw new MalformedMessageException(
          in.remaining() + " bytes follow a message of type " + typeId);
    }
    return message;
  }

  private MessageCodec find(Class<? extends Message> type) {
    for (MessageCodec codec : codecs) {
      if (codec.handles(type)) {
        return codec;
      }
    }
    throw new IllegalArgumentException("no codec for " + type.getName());
  }
}
