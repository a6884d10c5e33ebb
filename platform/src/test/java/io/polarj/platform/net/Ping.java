package io.polarj.platform.net;

/** The message of the transport tests. */
public record Ping(int number, byte[] payload) implements Message {
  static final int BASE = 0xfe00;

  public static final class Codec implements MessageCodec {
    @Override
    public boolean handles(Class<? extends Message> type) {
      return type == Ping.class;
    }

    @Override
    public int typeBase() {
      return BASE;
    }

    @Override
    public int encode(Message message, MessageWriter out) {
      Ping ping = (Ping) message;
      out.putInt(ping.number()).putBytes(ping.payload());
      return BASE + 1;
    }

    @Override
    public Message decode(int typeId, MessageReader in) {
      if (typeId != BASE + 1) {
        throw new MalformedMessageException("type " + typeId);
      }
      return new Ping(in.getInt(), in.getBytes());
    }
  }
}
