package io.polarj.pfs.volume.journal;

import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.VolumeLayout;
import java.util.BitSet;
import java.util.Map;

/**
 * The durable state of all metadata objects, and which home sectors are behind it. It takes in a
 * transaction only once its batch is durable, so that a home is never written before its journal.
 */
public final class HomeImages {
  private final MetadataObject[] durable;
  private final BitSet dirtySectors = new BitSet();

  public HomeImages(int objectCount) {
    durable = new MetadataObject[objectCount];
  }

  /** At mount: what the homes hold. */
  public void load(int objectNo, MetadataObject object) {
    durable[objectNo] = object;
  }

  void take(Map<Integer, MetadataObject> change) {
    change.forEach((objectNo, image) -> {
      durable[objectNo] = image;
      dirtySectors.set(objectNo / MetadataObject.PER_SECTOR);
    });
  }

  /** Replayed at a read-write mount. */
  public void replay(Map<Integer, MetadataObject> change) {
    take(change);
  }

  BitSet dirtySectors() {
    return dirtySectors;
  }

  byte[] sector(int sectorNo) {
    byte[] bytes = new byte[VolumeLayout.SECTOR];
    int first = sectorNo * MetadataObject.PER_SECTOR;
    for (int i = 0; i < MetadataObject.PER_SECTOR; i++) {
      MetadataObject object = durable[first + i];
      if (object != null) {
        System.arraycopy(object.encode(), 0, bytes, i * MetadataObject.BYTES, MetadataObject.BYTES);
      }
    }
    return bytes;
  }
}
