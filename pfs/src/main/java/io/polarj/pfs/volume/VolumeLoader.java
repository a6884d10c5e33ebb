package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.format.Anchor;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.journal.HomeImages;
import io.polarj.pfs.volume.journal.JournalReader;
import io.polarj.pfs.volume.meta.Namespace;
import io.polarj.platform.net.MalformedMessageException;
import java.io.IOException;
import java.util.TreeMap;

/**
 * Reads a volume's metadata at mount: anchor, homes, journal from the anchor on. While a writer
 * works, the homes may be ahead of the anchor that was read; replaying the journal to its end
 * brings everything to one state, because after-images are idempotent. If the journal was cut
 * meanwhile, it is all read again.
 */
final class VolumeLoader {
  /** The metadata as of the journal's end. */
  record Loaded(
      SuperBlock superBlock,
      Anchor anchor,
      Namespace namespace,
      HomeImages homes,
      JournalReader journal) {}

  private static final int ATTEMPTS = 20;

  /** Read at once; the device takes it in smaller requests that are under way together. */
  private static final int PIECE_BYTES = 16 << 20;

  private final DeviceIo io;

  VolumeLoader(DeviceIo io) {
    this.io = io;
  }

  Loaded load() throws IOException {
    SuperBlock superBlock = readSuperBlock();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Anchor anchor = readAnchor(superBlock);
      try {
        Loaded loaded = load(superBlock, anchor);
        if (readAnchor(superBlock).firstBatch() <= loaded.journal().nextBatch()) {
          return loaded;
        }
      } catch (MalformedMessageException e) {
        if (readAnchor(superBlock).version() == anchor.version()) {
          throw new PfsException(
              Errno.EIO, "the volume's metadata is damaged: " + e.getMessage(), e);
        }
      }
    }
    throw new PfsException(
        Errno.EAGAIN, "the writer cut its journal faster than it could be read; try again");
  }

  SuperBlock readSuperBlock() throws IOException {
    try {
      SuperBlock superBlock = Mkfs.superBlock(io);
      if (superBlock == null) {
        throw new PfsException(Errno.EINVAL, "there is no file system on the volume; run mkfs");
      }
      if (io.device().size() < superBlock.volumeBytes()) {
        throw new PfsException(
            Errno.EIO,
            "the volume has "
                + io.device().size()
                + " bytes, its file system needs "
                + superBlock.volumeBytes());
      }
      return superBlock;
    } catch (MalformedMessageException e) {
      throw new PfsException(Errno.ENOTSUP, e.getMessage(), e);
    }
  }

  /** The newer valid slot. */
  Anchor readAnchor(SuperBlock superBlock) throws IOException {
    Anchor newest = null;
    for (int slot = 0; slot < 2; slot++) {
      byte[] bytes =
          io.readBytes(
              VolumeLayout.ANCHOR + (long) slot * VolumeLayout.SECTOR, VolumeLayout.SECTOR);
      Anchor anchor = Anchor.decode(bytes, superBlock.volumeId());
      if (anchor != null && (newest == null || anchor.version() > newest.version())) {
        newest = anchor;
      }
    }
    if (newest == null) {
      throw new PfsException(Errno.EIO, "both anchor slots of the volume are damaged");
    }
    return newest;
  }

  private Loaded load(SuperBlock superBlock, Anchor anchor) throws IOException {
    VolumeLayout layout = superBlock.layout();
    TreeMap<Integer, MetadataObject> images = readHomes(layout);
    HomeImages homes = new HomeImages(layout.objectCount());
    images.forEach(homes::load);
    JournalReader journal =
        new JournalReader(io, superBlock, anchor.firstBatch(), anchor.firstSector());
    journal.readAll(change -> {
      homes.replay(change);
      images.putAll(change);
    });
    Namespace namespace = new Namespace(layout.objectCount(), superBlock.volumeBytes());
    images.values().removeIf(image -> image instanceof MetadataObject.Free);
    namespace.apply(images);
    return new Loaded(superBlock, anchor, namespace, homes, journal);
  }

  /** The objects in use as of the journal that was loaded. */
  TreeMap<Integer, MetadataObject> images(Loaded loaded) throws IOException {
    TreeMap<Integer, MetadataObject> images = readHomes(loaded.superBlock().layout());
    JournalReader journal =
        new JournalReader(
            io, loaded.superBlock(), loaded.anchor().firstBatch(), loaded.anchor().firstSector());
    journal.readAll(images::putAll);
    images.values().removeIf(image -> image instanceof MetadataObject.Free);
    return images;
  }

  private TreeMap<Integer, MetadataObject> readHomes(VolumeLayout layout) throws IOException {
    TreeMap<Integer, MetadataObject> images = new TreeMap<>();
    long bytes = (long) layout.objectCount() * MetadataObject.BYTES;
    for (long at = 0; at < bytes; at += PIECE_BYTES) {
      byte[] piece =
          io.readBytes(layout.objectsOffset() + at, (int) Math.min(PIECE_BYTES, bytes - at));
      int first = (int) (at / MetadataObject.BYTES);
      for (int i = 0; i < piece.length / MetadataObject.BYTES; i++) {
        MetadataObject object = MetadataObject.decode(piece, i * MetadataObject.BYTES);
        if (!(object instanceof MetadataObject.Free)) {
          images.put(first + i, object);
        }
      }
    }
    return images;
  }
}
