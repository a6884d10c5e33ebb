package io.polarj.storage.chunkserver;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageCodec;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RaftMessage;
import io.polarj.storage.repair.RepairCodec;
import io.polarj.storage.repair.RepairMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of {@link PeerBundle}, type id 0x0301: node (int), free blocks (long), log room (long),
 * count (int), then for each message its type (int), length (int) and the body as {@link RaftCodec}
 * writes it; and of {@link RepairMessage}s, from 0x0310, as {@link RepairCodec} says. Stateless.
 */
public final class PeerCodec implements MessageCodec {
  public static final int TYPE_BASE = 0x0300;
  private static final int BUNDLE = TYPE_BASE + 1;
  private static final int MESSAGE_HEADER_BYTES = 8;
  private final RaftCodec raft = new RaftCodec();

  @Override
  public boolean handles(Class<? extends Message> type) {
    return type == PeerBundle.class || RepairMessage.class.isAssignableFrom(type);
  }

  @Override
  public int typeBase() {
    return TYPE_BASE;
  }

  @Override
  public int encode(Message message, MessageWriter out) {
    if (message instanceof RepairMessage repair) {
      return RepairCodec.encode(repair, out);
    }
    PeerBundle bundle = (PeerBundle) message;
    out.putInt(bundle.node()).putLong(bundle.freeBlocks()).putLong(bundle.logRoom());
    out.putInt(bundle.messages().size());
    for (RaftMessage one : bundle.messages()) {
      int typeAt = out.length();
      out.putInt(0).putInt(0);
      int bodyAt = out.length();
      out.setInt(typeAt, raft.encode(one, out));
      out.setInt(typeAt + Integer.BYTES, out.length() - bodyAt);
    }
    return BUNDLE;
  }

  @Override
  public Message decode(int typeId, MessageReader in) {
    if (typeId != BUNDLE) {
      return RepairCodec.decode(typeId, in);
    }
    int node = in.getInt();
    long freeBlocks = in.getLong();
    long logRoom = in.getLong();
    int count = in.getCount(MESSAGE_HEADER_BYTES);
    List<RaftMessage> messages = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int type = in.getInt();
      byte[] body = in.getRaw(in.getInt());
      messages.add((RaftMessage) raft.decode(type, new MessageReader(body)));
    }
    if (in.remaining() != 0) {
      throw new MalformedMessageException("bundle: " + in.remaining() + " bytes too many");
    }
    return new PeerBundle(node, freeBlocks, logRoom, messages);
  }
}
