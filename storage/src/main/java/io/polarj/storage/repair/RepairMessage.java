package io.polarj.storage.repair;

import io.polarj.platform.net.Message;
import io.polarj.storage.protocol.ChunkId;
import java.util.Objects;

/**
 * What ChunkServers ask each other to keep replicas right. An answer repeats the request's {@code
 * id}; a lost message is asked for again.
 */
public sealed interface RepairMessage extends Message {
  ChunkId chunk();

  /** The sender's node. */
  int from();

  long id();

  /**
   * Asks for sectors of one block.
   *
   * @param applied what the asked replica must have applied at least
   * @param snapshot whose view of the block is wanted, 0 for what it is now
   * @param sectors bit s asks for the block's sector s
   */
  record FetchSectors(
      ChunkId chunk, int from, long id, long applied, int block, int snapshot, int sectors)
      implements RepairMessage {
    public FetchSectors {
      Objects.requireNonNull(chunk, "chunk");
    }
  }

  /**
   * The sectors that could be read and verified.
   *
   * @param applied what the sender has applied at least
   * @param sectors which of those asked for are here; none when the sender is behind
   * @param crcs CRC32C of each
   * @param bytes one sector behind the other
   */
  record SectorsFound(
      ChunkId chunk,
      int from,
      long id,
      long applied,
      int block,
      int sectors,
      int[] crcs,
      byte[] bytes)
      implements RepairMessage {
    public SectorsFound {
      Objects.requireNonNull(chunk, "chunk");
      Objects.requireNonNull(crcs, "crcs");
      Objects.requireNonNull(bytes, "bytes");
    }
  }

  /** Asks for the payload of the log entry that was written there in that segment. */
  record FetchEntry(ChunkId chunk, int from, long id, long index, long segment, int crc)
      implements RepairMessage {
    public FetchEntry {
      Objects.requireNonNull(chunk, "chunk");
    }
  }

  /** The payload; empty when the sender does not have that entry. */
  record EntryFound(ChunkId chunk, int from, long id, long index, byte[] payload)
      implements RepairMessage {
    public EntryFound {
      Objects.requireNonNull(chunk, "chunk");
      Objects.requireNonNull(payload, "payload");
    }
  }

  /** A leader asks a member for the checksums of some blocks. */
  record Compare(ChunkId chunk, int from, long id, int block, int count) implements RepairMessage {
    public Compare {
      Objects.requireNonNull(chunk, "chunk");
    }
  }

  /**
   * The checksums, of one moment.
   *
   * @param applied everything up to here is in the blocks
   * @param digests one per block; empty when the sender can not say
   */
  record Compared(ChunkId chunk, int from, long id, int block, long applied, int[] digests)
      implements RepairMessage {
    public Compared {
      Objects.requireNonNull(chunk, "chunk");
      Objects.requireNonNull(digests, "digests");
    }
  }
}
