package io.polarj.pfs.volume.journal;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.platform.net.MalformedMessageException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything sound that stands in the journal's ring, whatever the anchor says: for fsck. A batch
 * is found by its head, number and checksum.
 */
public final class JournalScan {
  /** A batch: where it begins, and its transactions. */
  public record Found(
      long number, long sector, int sectors, List<Map<Integer, MetadataObject>> changes) {}

  private static final int PIECE_BYTES = 1 << 20;

  private JournalScan() {}

  /** By number. */
  public static TreeMap<Long, Found> read(DeviceIo io, SuperBlock superBlock) throws IOException {
    VolumeLayout layout = superBlock.layout();
    byte[] ring = new byte[(int) layout.journalBytes()];
    for (int at = 0; at < ring.length; at += PIECE_BYTES) {
      int bytes = Math.min(PIECE_BYTES, ring.length - at);
      System.arraycopy(io.readBytes(layout.journalOffset() + at, bytes), 0, ring, at, bytes);
    }
    TreeMap<Long, Found> batches = new TreeMap<>();
    for (int at = 0; at < ring.length; at += VolumeLayout.SECTOR) {
      Batch batch = batchAt(ring, at, superBlock.volumeId());
      if (batch != null) {
        batches.put(
            batch.number(),
            new Found(
                batch.number(),
                at / VolumeLayout.SECTOR,
                batch.sectors(),
                List.copyOf(batch.changes())));
      }
    }
    return batches;
  }

  private static Batch batchAt(byte[] ring, int at, long volumeId) {
    byte[] first = Arrays.copyOfRange(ring, at, at + VolumeLayout.SECTOR);
    long number = Batch.numberIn(first, volumeId);
    int sectors = number == 0 ? 0 : Batch.sectorsOf(first, volumeId, number);
    int end = at + sectors * VolumeLayout.SECTOR;
    if (sectors == 0 || end > ring.length) {
      return null;
    }
    try {
      return Batch.decode(Arrays.copyOfRange(ring, at, end), volumeId, number);
    } catch (MalformedMessageException damaged) {
      return null;
    }
  }
}
