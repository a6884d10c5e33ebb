// What stands on a volume, in words: superblock, anchor, the batches of the journal, the metadata
// objects as of the journal's end. Reads only; the volume may be in use. One thread.
package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.volume.format.Anchor;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.journal.JournalReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.function.Consumer;

public final class VolumeDump {
  private final DeviceIo io;
  private final VolumeLoader loader;
  private final Consumer<String> out;

  public VolumeDump(VolumeDevice device, Consumer<String> out) {
    this.io = new DeviceIo(device);
    this.loader = new VolumeLoader(io);
    this.out = out;
  }

  /** Superblock and anchor. */
  public void header() throws IOException {
    SuperBlock superBlock = loader.readSuperBlock();
    Anchor anchor = loader.readAnchor(superBlock);
    out.accept(
        "superblock: format %d, volume %x, %d bytes"
            .formatted(superBlock.format(), superBlock.volumeId(), superBlock.volumeBytes()));
    out.accept("layout: " + superBlock.layout());
    out.accept(
        "anchor %d: journal from batch %d at sector %d, epoch %d, no block used from %d on"
            .formatted(
                anchor.version(),
                anchor.firstBatch(),
                anchor.firstSector(),
                anchor.epoch(),
                anchor.virginBlock()));
  }

  /** Every transaction from the anchor to the end of the journal. */
  public void journal() throws IOException {
    header();
    SuperBlock superBlock = loader.readSuperBlock();
    Anchor anchor = loader.readAnchor(superBlock);
    JournalReader journal =
        new JournalReader(io, superBlock, anchor.firstBatch(), anchor.firstSector());
    journal.readAll(change -> {
      out.accept(
          "batch %d, sector %d, a transaction of %d objects"
              .formatted(journal.nextBatch(), journal.nextSector(), change.size()));
      change.forEach((number, object) -> out.accept("  " + describe(number, object)));
    });
    out.accept(
        "the journal ends before batch %d at sector %d"
            .formatted(journal.nextBatch(), journal.nextSector()));
  }

  /** Every object that is not free, as of the journal's end. */
  public void metadata() throws IOException {
    header();
    VolumeLoader.Loaded loaded = loader.load();
    TreeMap<Integer, MetadataObject> objects = new TreeMap<>(loader.images(loaded));
    objects.forEach((number, object) -> out.accept(describe(number, object)));
    out.accept(objects.size() + " objects in use");
  }

  private static String describe(int number, MetadataObject object) {
    String what =
        switch (object) {
          case MetadataObject.Free _ -> "free";
          case MetadataObject.Inode inode ->
              "inode %x %s, links %d, size %d, modified %d, %d extents %s"
                  .formatted(
                      inode.id(),
                      inode.directory() ? "directory" : "file",
                      inode.links(),
                      inode.size(),
                      inode.modifiedMillis(),
                      inode.extentCount(),
                      inode.extents());
          case MetadataObject.Extents more ->
              "extents of inode %x, part %d: %s"
                  .formatted(more.inode(), more.part(), more.extents());
          case MetadataObject.Entry entry ->
              "name '%s' in %x is inode %x%s"
                  .formatted(
                      text(entry.name()),
                      entry.directory(),
                      entry.inode(),
                      entry.nextPart() == 0 ? "" : ", goes on in " + entry.nextPart());
          case MetadataObject.VolumeSize other -> other.toString();
          case MetadataObject.NamePart part -> "rest of a name '" + text(part.name()) + "'";
        };
    return number + ": " + what;
  }

  private static String text(byte[] name) {
    return new String(name, StandardCharsets.UTF_8);
  }
}
