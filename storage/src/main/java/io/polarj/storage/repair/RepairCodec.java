package io.polarj.storage.repair;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.StorageLimits;

/**
 * Bytes of {@link RepairMessage}s: chunk (long, int), sender (int), id (long), then the fields in
 * record order; arrays behind an int count. Type ids from 0x0310. Stateless.
 */
public final class RepairCodec {
  /** The first type id. */
  public static final int TYPE_BASE = 0x0310;

  /** Blocks in one comparison. */
  static final int MOST_COMPARED = 256;

  private static final int FETCH_SECTORS = TYPE_BASE;
  private static final int SECTORS_FOUND = TYPE_BASE + 1;
  private static final int FETCH_ENTRY = TYPE_BASE + 2;
  private static final int ENTRY_FOUND = TYPE_BASE + 3;
  private static final int COMPARE = TYPE_BASE + 4;
  private static final int COMPARED = TYPE_BASE + 5;
  private static final int ALL_SECTORS = (1 << DiskGeometry.SECTORS_PER_BLOCK) - 1;

  private RepairCodec() {}

  /** Writes the message and answers its type id. */
  public static int encode(RepairMessage message, MessageWriter out) {
    out.putLong(message.chunk().volume()).putInt(message.chunk().index());
    out.putInt(message.from()).putLong(message.id());
    return switch (message) {
      case RepairMessage.FetchSectors m -> {
        out.putLong(m.applied()).putInt(m.block()).putInt(m.snapshot()).putInt(m.sectors());
        yield FETCH_SECTORS;
      }
      case RepairMessage.SectorsFound m -> {
        out.putLong(m.applied()).putInt(m.block()).putInt(m.sectors());
        putInts(out, m.crcs());
        out.putBytes(m.bytes());
        yield SECTORS_FOUND;
      }
      case RepairMessage.FetchEntry m -> {
        out.putLong(m.index()).putLong(m.segment()).putInt(m.crc());
        yield FETCH_ENTRY;
      }
      case RepairMessage.EntryFound m -> {
        out.putLong(m.index()).putBytes(m.payload());
        yield ENTRY_FOUND;
      }
      case RepairMessage.Compare m -> {
        out.putInt(m.block()).putInt(m.count());
        yield COMPARE;
      }
      case RepairMessage.Compared m -> {
        out.putInt(m.block()).putLong(m.applied());
        putInts(out, m.digests());
        yield COMPARED;
      }
    };
  }

  /** Reads a message, checking every bound. */
  public static RepairMessage decode(int typeId, MessageReader in) {
    RepairMessage message;
    try {
      ChunkId chunk = new ChunkId(in.getLong(), in.getInt());
      message = decodeBody(typeId, chunk, in.getInt(), in.getLong(), in);
    } catch (IllegalArgumentException bad) {
      throw new MalformedMessageException(bad.getMessage());
    }
    if (in.remaining() != 0) {
      throw new MalformedMessageException("repair message: " + in.remaining() + " bytes too many");
    }
    return message;
  }

  private static RepairMessage decodeBody(
      int typeId, ChunkId chunk, int from, long id, MessageReader in) {
    return switch (typeId) {
      case FETCH_SECTORS ->
          new RepairMessage.FetchSectors(
              chunk,
              from,
              id,
              in.getLong(),
              natural(in.getInt()),
              natural(in.getInt()),
              sectors(in.getInt()));
      case SECTORS_FOUND -> sectorsFound(chunk, from, id, in);
      case FETCH_ENTRY ->
          new RepairMessage.FetchEntry(chunk, from, id, in.getLong(), in.getLong(), in.getInt());
      case ENTRY_FOUND -> {
        long index = in.getLong();
        byte[] payload = in.getBytes();
        if (payload.length > StorageLimits.MAX_WRITE_BYTES) {
          throw new MalformedMessageException("payload of " + payload.length + " bytes");
        }
        yield new RepairMessage.EntryFound(chunk, from, id, index, payload);
      }
      case COMPARE -> {
        int block = natural(in.getInt());
        int count = in.getInt();
        if (count < 1 || count > MOST_COMPARED) {
          throw new MalformedMessageException("comparison of " + count + " blocks");
        }
        yield new RepairMessage.Compare(chunk, from, id, block, count);
      }
      case COMPARED -> {
        int block = natural(in.getInt());
        long applied = in.getLong();
        int[] digests = ints(in);
        if (digests.length > MOST_COMPARED) {
          throw new MalformedMessageException("comparison of " + digests.length + " blocks");
        }
        yield new RepairMessage.Compared(chunk, from, id, block, applied, digests);
      }
      default -> throw new MalformedMessageException("unknown peer message type " + typeId);
    };
  }

  private static RepairMessage sectorsFound(ChunkId chunk, int from, long id, MessageReader in) {
    long applied = in.getLong();
    int block = natural(in.getInt());
    int sectors = sectors(in.getInt());
    int[] crcs = ints(in);
    byte[] bytes = in.getBytes();
    int count = Integer.bitCount(sectors);
    if (crcs.length != count || bytes.length != count * DiskGeometry.SECTOR_BYTES) {
      throw new MalformedMessageException(
          count + " sectors with " + crcs.length + " checksums and " + bytes.length + " bytes");
    }
    return new RepairMessage.SectorsFound(chunk, from, id, applied, block, sectors, crcs, bytes);
  }

  private static int sectors(int mask) {
    if ((mask & ~ALL_SECTORS) != 0) {
      throw new MalformedMessageException("sectors %x".formatted(mask));
    }
    return mask;
  }

  private static int natural(int block) {
    if (block < 0) {
      throw new MalformedMessageException("block " + block);
    }
    return block;
  }

  private static void putInts(MessageWriter out, int[] values) {
    out.putInt(values.length);
    for (int value : values) {
      out.putInt(value);
    }
  }

  private static int[] ints(MessageReader in) {
    int[] values = new int[in.getCount(Integer.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getInt();
    }
    return values;
  }
}
