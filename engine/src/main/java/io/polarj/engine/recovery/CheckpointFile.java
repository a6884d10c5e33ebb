package io.polarj.engine.recovery;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.page.PageBytes;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * {@code /checkpoint}: two slots of 4 KiB, written in turn, so that a torn write leaves the one
 * before. Little-endian:
 *
 * <pre>
 *  0 u32 crc32c of bytes 4..4095   4 u32 magic and version   8 u64 sequence   16 u64 LSN
 * 24 u64 epoch   32 u64 u64 cluster id   48 u64 redo file bytes   56 u32 payload length   64 payload
 * </pre>
 */
public final class CheckpointFile {
  public static final String PATH = "/checkpoint";
  public static final int MAX_PAYLOAD = 4096 - 64;
  private static final int SLOT_BYTES = 4096;
  private static final int MAGIC = 0x504A4301;

  private CheckpointFile() {}

  /** The newest sound checkpoint. Throws {@code Corruption} when there is none. */
  public static Checkpoint read(FileSystem fileSystem) throws IOException {
    Checkpoint newest = null;
    try (PolarFile file = fileSystem.open(PATH, Set.of(OpenMode.READ));
        Arena arena = Arena.ofConfined()) {
      MemorySegment slots = arena.allocate(2 * SLOT_BYTES, SLOT_BYTES);
      int read = file.read(0, slots);
      for (int i = 0; i < 2 && (i + 1) * SLOT_BYTES <= read; i++) {
        Checkpoint found = decode(slots.asSlice((long) i * SLOT_BYTES, SLOT_BYTES));
        if (found != null && (newest == null || found.sequence() > newest.sequence())) {
          newest = found;
        }
      }
    }
    if (newest == null) {
      throw new EngineException.Corruption(PATH + ": neither slot holds a sound checkpoint");
    }
    return newest;
  }

  /** Durable on return. */
  public static void write(FileSystem fileSystem, Checkpoint checkpoint) throws IOException {
    try (PolarFile file =
            fileSystem.open(PATH, Set.of(OpenMode.READ, OpenMode.WRITE, OpenMode.CREATE));
        Arena arena = Arena.ofConfined()) {
      if (file.size() < 2 * SLOT_BYTES) {
        file.allocate(0, 2 * SLOT_BYTES);
      }
      MemorySegment slot = arena.allocate(SLOT_BYTES, SLOT_BYTES);
      encode(checkpoint, slot);
      file.write(checkpoint.sequence() % 2 * SLOT_BYTES, slot);
      file.sync();
    }
  }

  private static void encode(Checkpoint checkpoint, MemorySegment slot) {
    byte[] payload = checkpoint.payload();
    if (payload.length > MAX_PAYLOAD) {
      throw new IllegalArgumentException("checkpoint payload of " + payload.length + " bytes");
    }
    slot.set(PageBytes.INT, 4, MAGIC);
    slot.set(PageBytes.LONG, 8, checkpoint.sequence());
    slot.set(PageBytes.LONG, 16, checkpoint.lsn());
    slot.set(PageBytes.LONG, 24, checkpoint.epoch());
    slot.set(PageBytes.LONG, 32, checkpoint.clusterIdHigh());
    slot.set(PageBytes.LONG, 40, checkpoint.clusterIdLow());
    slot.set(PageBytes.LONG, 48, checkpoint.redoFileBytes());
    slot.set(PageBytes.INT, 56, payload.length);
    MemorySegment.copy(payload, 0, slot, ValueLayout.JAVA_BYTE, 64, payload.length);
    slot.set(PageBytes.INT, 0, crc(slot));
  }

  private static Checkpoint decode(MemorySegment slot) {
    int length = slot.get(PageBytes.INT, 56);
    if (slot.get(PageBytes.INT, 4) != MAGIC
        || slot.get(PageBytes.INT, 0) != crc(slot)
        || length < 0
        || length > MAX_PAYLOAD) {
      return null;
    }
    return new Checkpoint(
        slot.get(PageBytes.LONG, 8),
        slot.get(PageBytes.LONG, 16),
        slot.get(PageBytes.LONG, 24),
        slot.get(PageBytes.LONG, 32),
        slot.get(PageBytes.LONG, 40),
        slot.get(PageBytes.LONG, 48),
        slot.asSlice(64, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private static int crc(MemorySegment slot) {
    CRC32C crc = new CRC32C();
    crc.update(slot.asSlice(4, SLOT_BYTES - 4).asByteBuffer());
    return (int) crc.getValue();
  }
}
