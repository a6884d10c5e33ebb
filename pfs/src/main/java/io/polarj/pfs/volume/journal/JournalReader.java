package io.polarj.pfs.volume.journal;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads the journal forward from a position: replay at mount, and the following of read-only
 * mounts. One thread.
 */
public final class JournalReader {
  private final DeviceIo io;
  private final SuperBlock superBlock;
  private long nextBatch;
  private long nextSector;

  /** Starts at the batch of that number, which stands at that sector of the ring. */
  public JournalReader(DeviceIo io, SuperBlock superBlock, long firstBatch, long firstSector) {
    this.io = io;
    this.superBlock = superBlock;
    this.nextBatch = firstBatch;
    this.nextSector = firstSector;
  }

  public long nextBatch() {
    return nextBatch;
  }

  public long nextSector() {
    return nextSector;
  }

  /**
   * Hands over the transactions of all batches that are there by now; returns how many batches that
   * were.
   */
  public int readAll(Consumer<Map<Integer, MetadataObject>> sink) throws IOException {
    int batches = 0;
    while (true) {
      Batch batch = read();
      if (batch == null) {
        return batches;
      }
      for (TreeMap<Integer, MetadataObject> change : batch.changes()) {
        sink.accept(change);
      }
      nextBatch++;
      nextSector = batch.changes().isEmpty() ? 0 : nextSector + batch.sectors();
      if (nextSector == ringSectors()) {
        nextSector = 0;
      }
      batches++;
    }
  }

  private long ringSectors() {
    return superBlock.layout().journalBytes() / VolumeLayout.SECTOR;
  }

  private Batch read() throws IOException {
    long offset = superBlock.layout().journalOffset() + nextSector * VolumeLayout.SECTOR;
    byte[] first = io.readBytes(offset, VolumeLayout.SECTOR);
    int sectors = Batch.sectorsOf(first, superBlock.volumeId(), nextBatch);
    if (sectors == 0 || nextSector + sectors > ringSectors()) {
      return null;
    }
    byte[] whole = sectors == 1 ? first : io.readBytes(offset, sectors * VolumeLayout.SECTOR);
    return Batch.decode(whole, superBlock.volumeId(), nextBatch);
  }
}
