package io.polarj.platform.net;

/**
 * Turns the messages of one protocol into bytes and back. Decoding trusts nothing: a malformed body
 * is a {@link MalformedMessageException}, never an allocation by an unchecked length.
 */
public interface MessageCodec {
  /** Whether this codec speaks messages of that class. */
  boolean handles(Class<? extends Message> type);

  /**
   * The first type id of this codec's range; ids are stable across versions. Ranges hold 256 ids.
   */
  int typeBase();

  /** Writes the body and returns the type id, {@code typeBase() <= id < typeBase() + 256}. */
  int encode(Message message, MessageWriter out);

  Message decode(int typeId, MessageReader in);
}
