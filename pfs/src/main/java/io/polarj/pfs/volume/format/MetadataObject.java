package io.polarj.pfs.volume.format;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A metadata object: 256 bytes with a fixed home on the volume, named by its number. Every change
 * is the object's whole after-image, so replay is idempotent (F1). Layout: {u8 type, 3 zero, u32
 * crc32c with itself as zero, 248 bytes of the type}. A home of all zeros is a free object.
 */
public sealed interface MetadataObject {
  int BYTES = 256;
  int PER_SECTOR = VolumeLayout.SECTOR / BYTES;
  int INODE_EXTENTS = 12;
  int MORE_EXTENTS = 14;
  int NAME_BYTES = 216;
  int NAME_MAX_BYTES = 255;

  /**
   * A run of blocks of a file: {@code count} blocks from {@code fileBlock} lie from {@code
   * volumeBlock} on.
   */
  record Extent(int fileBlock, int volumeBlock, int count) {
    public Extent {
      if (fileBlock < 0 || volumeBlock < 0 || count <= 0) {
        throw new MalformedMessageException(
            "extent " + fileBlock + "+" + count + " at " + volumeBlock);
      }
    }

    public int fileEnd() {
      return fileBlock + count;
    }
  }

  /** No object. */
  record Free() implements MetadataObject {}

  /**
   * A file or directory. {@code id} is its object number and, above, a generation that a reuse of
   * the number raises. {@code links} 0: removed, but open when it was; freed at the latest by the
   * next read-write mount. The first extents stand here, the others in {@link Extents} objects.
   */
  record Inode(
      long id,
      boolean directory,
      int links,
      long size,
      long modifiedMillis,
      int extentCount,
      List<Extent> extents)
      implements MetadataObject {
    public Inode {
      extents = List.copyOf(extents);
    }
  }

  /** The extents of an inode from number {@code 12 + 14 * part} on. */
  record Extents(long inode, int part, List<Extent> extents) implements MetadataObject {
    public Extents {
      extents = List.copyOf(extents);
    }
  }

  /**
   * A name in a directory. Names of more than 216 bytes go on in a {@link NamePart}, whose object
   * number is {@code nextPart} (else 0, which is never a part).
   */
  record Entry(long directory, long inode, byte[] name, int nextPart) implements MetadataObject {}

  /** The end of a long name. */
  record NamePart(byte[] name) implements MetadataObject {}

  /** How large the volume is, since it has grown; object 0 and no other. */
  record VolumeSize(long bytes) implements MetadataObject {}

  Free FREE = new Free();

  /** The object number in an inode id. */
  static int objectOf(long inodeId) {
    return (int) inodeId;
  }

  default byte[] encode() {
    if (this instanceof Free) {
      return new byte[BYTES];
    }
    MessageWriter out = new MessageWriter(BYTES);
    switch (this) {
      case Inode inode -> {
        out.putInt(1).putInt(0).putLong(inode.id).putBoolean(inode.directory).putByte(0);
        out.putShort(0).putInt(inode.links).putLong(inode.size).putLong(inode.modifiedMillis);
        out.putInt(inode.extentCount).putInt(inode.extents.size());
        putExtents(out, inode.extents);
      }
      case Extents more -> {
        out.putInt(2).putInt(0).putLong(more.inode).putInt(more.part).putInt(more.extents.size());
        putExtents(out, more.extents);
      }
      case Entry entry -> {
        out.putInt(3).putInt(0).putLong(entry.directory).putLong(entry.inode);
        out.putInt(entry.nextPart).putInt(entry.name.length);
        out.putRaw(entry.name, 0, entry.name.length);
      }
      case NamePart part -> {
        out.putInt(4).putInt(0).putInt(part.name.length);
        out.putRaw(part.name, 0, part.name.length);
      }
      case VolumeSize size -> out.putInt(5).putInt(0).putLong(size.bytes);
      case Free free -> throw new IllegalStateException();
    }
    byte[] image = Arrays.copyOf(out.toByteArray(), BYTES);
    MessageWriter crc = new MessageWriter(4).putInt(crc(image));
    System.arraycopy(crc.array(), 0, image, 4, 4);
    return image;
  }

  /** Reads an image; throws MalformedMessageException when it is damaged. */
  static MetadataObject decode(byte[] bytes, int offset) {
    byte[] image = Arrays.copyOfRange(bytes, offset, offset + BYTES);
    MessageReader in = new MessageReader(image);
    int type = in.getInt();
    int crc = in.getInt();
    if (type == 0 && crc == 0) {
      return FREE;
    }
    Arrays.fill(image, 4, 8, (byte) 0);
    if (crc != crc(image)) {
      throw new MalformedMessageException("metadata object with a wrong checksum");
    }
    return switch (type) {
      case 1 -> {
        long id = in.getLong();
        boolean directory = in.getBoolean();
        in.getRaw(3);
        yield new Inode(
            id,
            directory,
            in.getInt(),
            in.getLong(),
            in.getLong(),
            in.getInt(),
            extents(in, INODE_EXTENTS));
      }
      case 2 -> new Extents(in.getLong(), in.getInt(), extents(in, MORE_EXTENTS));
      case 3 -> {
        long directory = in.getLong();
        long inode = in.getLong();
        int nextPart = in.getInt();
        yield new Entry(directory, inode, in.getBytes(), nextPart);
      }
      case 4 -> new NamePart(in.getBytes());
      case 5 -> new VolumeSize(in.getLong());
      default -> throw new MalformedMessageException("metadata object of type " + type);
    };
  }

  private static void putExtents(MessageWriter out, List<Extent> extents) {
    for (Extent extent : extents) {
      out.putInt(extent.fileBlock).putInt(extent.volumeBlock).putInt(extent.count).putInt(0);
    }
  }

  private static List<Extent> extents(MessageReader in, int max) {
    int count = in.getCount(16);
    if (count > max) {
      throw new MalformedMessageException(count + " extents in one object");
    }
    List<Extent> extents = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      extents.add(new Extent(in.getInt(), in.getInt(), in.getInt()));
      in.getInt();
    }
    return extents;
  }

  private static int crc(byte[] image) {
    CRC32C crc = new CRC32C();
    crc.update(image);
    int value = (int) crc.getValue();
    return value == 0 ? 1 : value; // zero is the mark of a free object
  }

  /** The pieces of a name: one, or two when it is long. */
  static byte[][] pieces(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= NAME_BYTES
        ? new byte[][] {bytes}
        : new byte[][] {
          Arrays.copyOf(bytes, NAME_BYTES), Arrays.copyOfRange(bytes, NAME_BYTES, bytes.length)
        };
  }
}
