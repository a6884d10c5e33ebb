package io.polarj.storage.raft;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageCodec;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of the replicas' messages, type ids from 0x0200. Every message begins with chunk (long,
 * int), sender (int) and term (long); fields follow in record order, arrays behind an int count.
 * Stateless, thread-safe.
 */
public final class RaftCodec implements MessageCodec {
  public static final int TYPE_BASE = 0x0200;
  private static final int VOTE_REQUEST = TYPE_BASE + 1;
  private static final int VOTE_REPLY = TYPE_BASE + 2;
  private static final int HEARTBEAT = TYPE_BASE + 3;
  private static final int STATUS = TYPE_BASE + 4;
  private static final int CLOSE = TYPE_BASE + 5;
  private static final int APPEND = TYPE_BASE + 6;
  private static final int APPEND_ACK = TYPE_BASE + 7;
  private static final int NEED = TYPE_BASE + 8;
  private static final int SUPPLY = TYPE_BASE + 9;
  private static final int COPY_PIECE = TYPE_BASE + 10;
  private static final int COPY_ACK = TYPE_BASE + 11;
  private static final int TAKE_OVER = TYPE_BASE + 12;

  @Override
  public boolean handles(Class<? extends Message> type) {
    return RaftMessage.class.isAssignableFrom(type);
  }

  @Override
  public int typeBase() {
    return TYPE_BASE;
  }

  @Override
  public int encode(Message message, MessageWriter out) {
    RaftMessage raft = (RaftMessage) message;
    out.putLong(raft.group().volume()).putInt(raft.group().index());
    out.putInt(raft.from()).putLong(raft.term());
    return switch (raft) {
      case RaftMessage.VoteRequest m -> {
        out.putBoolean(m.trial()).putLong(m.barrierTerm()).putLong(m.decided());
        out.putBoolean(m.sanctioned());
        yield VOTE_REQUEST;
      }
      case RaftMessage.VoteReply m -> {
        out.putLong(m.forTerm()).putBoolean(m.trial()).putBoolean(m.granted());
        out.putLong(m.barrierTerm()).putLong(m.closeBallot()).putLong(m.closeEnd());
        putLongs(out, m.indices());
        putLongs(out, m.ballots());
        for (boolean empty : m.empty()) {
          out.putBoolean(empty);
        }
        yield VOTE_REPLY;
      }
      case RaftMessage.Heartbeat m -> {
        out.putLong(m.round()).putLong(m.start());
        putMembership(out, m.members());
        out.putBoolean(m.serving()).putLong(m.last()).putLong(m.decided());
        putLongs(out, m.decidedBits());
        yield HEARTBEAT;
      }
      case RaftMessage.Status m -> {
        out.putLong(m.round()).putLong(m.barrierTerm());
        out.putLong(m.closeBallot()).putLong(m.decided());
        yield STATUS;
      }
      case RaftMessage.Close m -> {
        out.putLong(m.segment()).putLong(m.segmentStart());
        putMembership(out, m.segmentMembers());
        out.putLong(m.base());
        out.putLong(m.served()).putLong(m.trimmed()).putLong(m.end());
        putLongs(out, m.empty());
        yield CLOSE;
      }
      case RaftMessage.Append m -> {
        out.putLong(m.start()).putLong(m.last()).putLong(m.decided());
        putLongs(out, m.decidedBits());
        putEntries(out, m.entries());
        yield APPEND;
      }
      case RaftMessage.AppendAck m -> {
        putLongs(out, m.indices());
        yield APPEND_ACK;
      }
      case RaftMessage.Need m -> {
        putLongs(out, m.indices());
        yield NEED;
      }
      case RaftMessage.Supply m -> {
        putEntries(out, m.entries());
        yield SUPPLY;
      }
      case RaftMessage.CopyPiece m -> {
        out.putLong(m.snapshot()).putInt(m.era()).putInt(m.before()).putLong(m.start());
        out.putBoolean(m.same()).putBoolean(m.last()).putLong(m.offset());
        out.putBytes(m.bytes()).putInt(m.crc()).putBytes(m.state());
        yield COPY_PIECE;
      }
      case RaftMessage.CopyAck m -> {
        out.putLong(m.snapshot()).putInt(m.era()).putLong(m.next()).putBoolean(m.installed());
        yield COPY_ACK;
      }
      case RaftMessage.TakeOver ignored -> TAKE_OVER;
    };
  }

  @Override
  public Message decode(int typeId, MessageReader in) {
    ChunkId group;
    try {
      group = new ChunkId(in.getLong(), in.getInt());
    } catch (IllegalArgumentException bad) {
      throw new MalformedMessageException(bad.getMessage());
    }
    int from = in.getInt();
    long term = natural(in.getLong(), "term");
    Message message = decodeBody(typeId, group, from, term, in);
    if (in.remaining() != 0) {
      throw new MalformedMessageException(in.remaining() + " bytes behind raft message " + typeId);
    }
    return message;
  }

  private static Message decodeBody(
      int typeId, ChunkId group, int from, long term, MessageReader in) {
    return switch (typeId) {
      case VOTE_REQUEST ->
          new RaftMessage.VoteRequest(
              group, from, term, in.getBoolean(), in.getLong(), in.getLong(), in.getBoolean());
      case VOTE_REPLY -> voteReply(group, from, term, in);
      case HEARTBEAT ->
          new RaftMessage.Heartbeat(
              group,
              from,
              term,
              in.getLong(),
              in.getLong(),
              membership(in),
              in.getBoolean(),
              in.getLong(),
              in.getLong(),
              longs(in));
      case STATUS ->
          new RaftMessage.Status(
              group, from, term, in.getLong(), in.getLong(), in.getLong(), in.getLong());
      case CLOSE ->
          new RaftMessage.Close(
              group,
              from,
              term,
              in.getLong(),
              in.getLong(),
              membership(in),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              longs(in));
      case APPEND ->
          new RaftMessage.Append(
              group, from, term, in.getLong(), in.getLong(), in.getLong(), longs(in), entries(in));
      case APPEND_ACK -> new RaftMessage.AppendAck(group, from, term, longs(in));
      case NEED -> new RaftMessage.Need(group, from, term, longs(in));
      case SUPPLY -> new RaftMessage.Supply(group, from, term, entries(in));
      case COPY_PIECE ->
          new RaftMessage.CopyPiece(
              group,
              from,
              term,
              in.getLong(),
              era(in.getInt()),
              era(in.getInt()),
              aligned(in.getLong()),
              in.getBoolean(),
              in.getBoolean(),
              aligned(in.getLong()),
              in.getBytes(),
              in.getInt(),
              in.getBytes());
      case COPY_ACK ->
          new RaftMessage.CopyAck(
              group,
              from,
              term,
              in.getLong(),
              era(in.getInt()),
              aligned(in.getLong()),
              in.getBoolean());
      case TAKE_OVER -> new RaftMessage.TakeOver(group, from, term);
      default -> throw new MalformedMessageException("unknown raft message type " + typeId);
    };
  }

  public static void putMembership(MessageWriter out, Membership members) {
    out.putLong(members.number()).putInt(members.voters().size()).putInt(members.learners().size());
    for (GroupMember member : members.all()) {
      out.putInt(member.node()).putString(member.address().host()).putInt(member.address().port());
    }
  }

  public static Membership membership(MessageReader in) {
    long number = in.getLong();
    int voters = in.getInt();
    int learners = in.getInt();
    if (voters < 0 || learners < 0 || voters + learners > StorageLimits.MAX_MEMBERS) {
      throw new MalformedMessageException(voters + " voters, " + learners + " learners");
    }
    List<GroupMember> members = new ArrayList<>();
    try {
      for (int i = 0; i < voters + learners; i++) {
        members.add(new GroupMember(in.getInt(), new Address(in.getString(), in.getInt())));
      }
      return new Membership(
          number, members.subList(0, voters), members.subList(voters, voters + learners));
    } catch (IllegalArgumentException bad) {
      throw new MalformedMessageException(bad.getMessage());
    }
  }

  private static RaftMessage.VoteReply voteReply(
      ChunkId group, int from, long term, MessageReader in) {
    long forTerm = in.getLong();
    boolean trial = in.getBoolean();
    boolean granted = in.getBoolean();
    long barrierTerm = in.getLong();
    long closeBallot = in.getLong();
    long closeEnd = in.getLong();
    long[] indices = longs(in);
    long[] ballots = longs(in);
    if (ballots.length != indices.length) {
      throw new MalformedMessageException("vote reply with uneven lists");
    }
    boolean[] empty = new boolean[indices.length];
    for (int i = 0; i < empty.length; i++) {
      empty[i] = in.getBoolean();
    }
    return new RaftMessage.VoteReply(
        group,
        from,
        term,
        forTerm,
        trial,
        granted,
        barrierTerm,
        closeBallot,
        closeEnd,
        indices,
        ballots,
        empty);
  }

  /** Writes an entry header; also of use to logs on disk. */
  public static void putHeader(MessageWriter out, EntryHeader header) {
    out.putLong(header.index()).putLong(header.segment()).putLong(header.ballot());
    out.putByte(header.kind().code());
    out.putLong(header.request().client()).putLong(header.request().sequence());
    out.putLong(header.request().settledBelow()).putLong(header.epoch());
    out.putLong(header.offset()).putInt(header.length());
    out.putLong(header.conflicts()).putByte(header.lookBehind()).putInt(header.crc());
    out.putInt(header.era()).putInt(header.snapshot());
  }

  /** Bytes that {@link #putHeader} writes. */
  public static final int HEADER_BYTES = 9 * 8 + 4 * 4 + 2;

  /** Reads what {@link #putHeader} wrote, checking every bound. */
  public static EntryHeader header(MessageReader in) {
    long index = natural(in.getLong(), "index");
    long segment = natural(in.getLong(), "segment");
    long ballot = natural(in.getLong(), "ballot");
    EntryKind kind = EntryKind.ofCode(in.getByte());
    RequestId request = new RequestId(in.getLong(), in.getLong(), in.getLong());
    long epoch = in.getLong();
    long offset = aligned(in.getLong());
    int length = in.getInt();
    long conflicts = in.getLong();
    int lookBehind = in.getByte();
    int crc = in.getInt();
    int era = in.getInt();
    int snapshot = in.getInt();
    boolean lengthFits =
        kind == EntryKind.WRITE
            ? length > 0 && length <= WriteRequest.MAX_BYTES && length % WriteRequest.ALIGNMENT == 0
            : kind == EntryKind.DISCARD
                ? length > 0 && length % WriteRequest.ALIGNMENT == 0
                : length == 0;
    boolean erasFit = era >= 0 && snapshot >= 0 && snapshot <= Math.max(0, era - 1);
    if (index == 0
        || kind == null
        || !lengthFits
        || !erasFit
        || lookBehind > 64
        || ballot < segment) {
      throw new MalformedMessageException("entry " + index + " of ballot " + ballot + " is bad");
    }
    return new EntryHeader(
        index,
        segment,
        ballot,
        kind,
        request,
        epoch,
        offset,
        length,
        conflicts,
        lookBehind,
        crc,
        era,
        snapshot);
  }

  private static void putEntries(MessageWriter out, LogEntry[] entries) {
    out.putInt(entries.length);
    for (LogEntry entry : entries) {
      putHeader(out, entry.header());
      out.putRaw(entry.payload(), 0, entry.payload().length);
    }
  }

  private static LogEntry[] entries(MessageReader in) {
    LogEntry[] entries = new LogEntry[in.getCount(HEADER_BYTES)];
    for (int i = 0; i < entries.length; i++) {
      EntryHeader header = header(in);
      entries[i] = new LogEntry(header, in.getRaw(header.payloadBytes()));
      if (!entries[i].intact()) {
        throw new MalformedMessageException("entry " + header.index() + " fails its checksum");
      }
    }
    return entries;
  }

  private static void putLongs(MessageWriter out, long[] values) {
    out.putInt(values.length);
    for (long value : values) {
      out.putLong(value);
    }
  }

  private static long[] longs(MessageReader in) {
    long[] values = new long[in.getCount(Long.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getLong();
    }
    return values;
  }

  private static long natural(long value, String what) {
    if (value < 0) {
      throw new MalformedMessageException(what + " " + value);
    }
    return value;
  }

  private static int era(int era) {
    if (era < 0) {
      throw new MalformedMessageException("era " + era);
    }
    return era;
  }

  private static long aligned(long offset) {
    if (offset < 0 || offset % WriteRequest.ALIGNMENT != 0) {
      throw new MalformedMessageException("offset " + offset);
    }
    return offset;
  }
}
