package io.polarj.pfs.volume.fsck;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.volume.format.Anchor;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.journal.JournalScan;
import io.polarj.pfs.volume.lock.LockArea;
import io.polarj.platform.net.MalformedMessageException;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A volume's metadata read leniently: what is damaged is noted and left out. The journal is
 * replayed in memory, from the anchor or, when that is lost, as far back as the ring goes:
 * after-images may be repeated (F1).
 */
final class RawVolume {
  private static final int PIECE_BYTES = 1 << 20;

  private final DeviceIo io;
  private final Findings findings;
  private SuperBlock superBlock;
  private final Anchor[] anchors = new Anchor[2];
  private MetadataObject[] objects;
  private final BitSet damaged = new BitSet();
  private long lastBatch;

  RawVolume(DeviceIo io, Findings findings) {
    this.io = io;
    this.findings = findings;
  }

  SuperBlock superBlock() {
    return superBlock;
  }

  /** By object number; null is free. */
  MetadataObject[] objects() {
    return objects;
  }

  /** The newer sound anchor, or null. */
  Anchor anchor() {
    if (anchors[0] == null || anchors[1] == null) {
      return anchors[0] == null ? anchors[1] : anchors[0];
    }
    return anchors[0].version() > anchors[1].version() ? anchors[0] : anchors[1];
  }

  /** The number of the newest batch in the ring. */
  long lastBatch() {
    return lastBatch;
  }

  /** False when there is nothing to go on with. */
  boolean read() throws IOException {
    if (!readSuperBlocks()) {
      return false;
    }
    readAnchors();
    readPaxosFile();
    readHomes();
    replay();
    for (int at = damaged.nextSetBit(0); at >= 0; at = damaged.nextSetBit(at + 1)) {
      findings.loss("metadata object " + at + " is damaged and not in the journal: it is freed");
    }
    return true;
  }

  private boolean readSuperBlocks() throws IOException {
    SuperBlock[] copies = new SuperBlock[2];
    long[] places = {VolumeLayout.SUPERBLOCK, VolumeLayout.SUPERBLOCK_COPY};
    for (int i = 0; i < 2; i++) {
      try {
        copies[i] = SuperBlock.decode(io.readBytes(places[i], VolumeLayout.SECTOR));
      } catch (MalformedMessageException newer) {
        findings.hopeless("superblock at " + places[i] + ": " + newer.getMessage());
        return false;
      }
    }
    superBlock = copies[0] == null ? copies[1] : copies[0];
    if (superBlock == null) {
      findings.hopeless(
          "both superblocks are damaged, or there never was a file system: restore a snapshot");
      return false;
    }
    for (int i = 0; i < 2; i++) {
      if (!superBlock.equals(copies[i])) {
        findings.whole("the superblock at " + places[i] + " is damaged: its copy takes its place");
      }
    }
    return true;
  }

  private void readAnchors() throws IOException {
    for (int slot = 0; slot < 2; slot++) {
      long at = VolumeLayout.ANCHOR + (long) slot * VolumeLayout.SECTOR;
      anchors[slot] = Anchor.decode(io.readBytes(at, VolumeLayout.SECTOR), superBlock.volumeId());
      if (anchors[slot] == null) {
        findings.whole("anchor slot " + slot + " is damaged: it is written anew");
      }
    }
  }

  private void readPaxosFile() throws IOException {
    byte[] area = io.readBytes(LockArea.OFFSET, LockArea.BYTES);
    for (int slot : LockArea.damagedSlots(area, superBlock.volumeId())) {
      findings.whole("the lock block of host id " + slot + " is damaged: it is cleared");
    }
  }

  private void readHomes() throws IOException {
    VolumeLayout layout = superBlock.layout();
    objects = new MetadataObject[layout.objectCount()];
    long bytes = (long) layout.objectCount() * MetadataObject.BYTES;
    for (long at = 0; at < bytes; at += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, bytes - at);
      byte[] piece = io.readBytes(layout.objectsOffset() + at, length);
      int first = (int) (at / MetadataObject.BYTES);
      for (int i = 0; i < length / MetadataObject.BYTES; i++) {
        try {
          put(first + i, MetadataObject.decode(piece, i * MetadataObject.BYTES));
        } catch (MalformedMessageException broken) {
          damaged.set(first + i);
        }
      }
    }
  }

  private void put(int objectNo, MetadataObject object) {
    objects[objectNo] = object instanceof MetadataObject.Free ? null : object;
  }

  private void replay() throws IOException {
    TreeMap<Long, JournalScan.Found> batches = JournalScan.read(io, superBlock);
    lastBatch = batches.isEmpty() ? 0 : batches.lastKey();
    Anchor anchor = anchor();
    NavigableMap<Long, JournalScan.Found> wanted = batches;
    if (anchor != null) {
      lastBatch = Math.max(lastBatch, anchor.firstBatch() - 1);
      wanted = batches.tailMap(anchor.firstBatch(), true);
      boolean ringMovedOn = !wanted.isEmpty() && wanted.firstKey() > anchor.firstBatch();
      if (ringMovedOn && (anchors[0] == null || anchors[1] == null)) {
        wanted = batches; // the newer anchor is the damaged one: what the ring has is enough
      }
    }
    long expected = 0;
    for (JournalScan.Found batch : wanted.values()) {
      boolean gap =
          expected == 0 && anchor != null && wanted != batches
              ? batch.number() != anchor.firstBatch()
              : expected != 0 && batch.number() != expected;
      if (gap) {
        long from = expected == 0 ? anchor.firstBatch() : expected;
        findings.loss(
            "journal batches "
                + from
                + " to "
                + (batch.number() - 1)
                + " are damaged: their"
                + " transactions are lost, later ones are kept");
      }
      batch.changes().forEach(this::apply);
      expected = batch.number() + 1;
    }
  }

  private void apply(Map<Integer, MetadataObject> change) {
    change.forEach((objectNo, image) -> {
      if (objectNo >= 0 && objectNo < objects.length) {
        damaged.clear(objectNo);
        put(objectNo, image);
      } else {
        findings.loss("the journal has an image of object " + objectNo + ": it is left out");
      }
    });
  }

  /**
   * Makes the volume what the objects are now, with an empty journal. Homes first, anchors last.
   */
  void write(int virginBlock, long epoch) throws IOException {
    VolumeLayout layout = superBlock.layout();
    for (int sector = 0; sector < objects.length / MetadataObject.PER_SECTOR; sector++) {
      byte[] bytes = new byte[VolumeLayout.SECTOR];
      for (int i = 0; i < MetadataObject.PER_SECTOR; i++) {
        MetadataObject object = objects[sector * MetadataObject.PER_SECTOR + i];
        if (object != null) {
          System.arraycopy(
              object.encode(), 0, bytes, i * MetadataObject.BYTES, MetadataObject.BYTES);
        }
      }
      long at = layout.objectsOffset() + (long) sector * VolumeLayout.SECTOR;
      if (!Arrays.equals(bytes, io.readBytes(at, VolumeLayout.SECTOR))) {
        io.writeBytes(at, bytes);
      }
    }
    long version = anchor() == null ? 1 : anchor().version() + 1;
    for (int i = 0; i < 2; i++) {
      Anchor anchor =
          new Anchor(superBlock.volumeId(), version + i, lastBatch + 1, 0, epoch, virginBlock);
      io.writeBytes(anchor.slotOffset(), anchor.encode());
    }
    byte[] area = io.readBytes(LockArea.OFFSET, LockArea.BYTES);
    for (int slot : LockArea.damagedSlots(area, superBlock.volumeId())) {
      io.writeBytes(LockArea.offsetOfSlot(slot), new byte[2 * VolumeLayout.SECTOR]);
    }
    byte[] superBytes = superBlock.encode();
    io.writeBytes(VolumeLayout.SUPERBLOCK_COPY, superBytes);
    io.writeBytes(VolumeLayout.SUPERBLOCK, superBytes);
  }
}
