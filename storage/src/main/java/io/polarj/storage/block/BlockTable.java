package io.polarj.storage.block;

import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.DiskGeometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One descriptor per 64 KiB block of the disk: owner, place in the chunk, in which eras it is that
 * place's content, which 4 KiB sectors were ever written, and the CRC32C of each. The chunks' maps
 * and the free blocks follow from it.
 *
 * <p>On disk the table is an array of 4 KiB pages with two slots each. A checkpoint writes the
 * pages that changed into the slot that the previous checkpoint does not use, and names the valid
 * slot and generation of every page; so a half-done checkpoint harms nothing. Block {@code b}
 * stands in page {@code b / 46}. One loop only.
 */
public final class BlockTable {
  static final int DESCRIPTOR_BYTES = 88;
  static final int PAGE_HEADER_BYTES = 32;
  private static final int PER_PAGE = DiskGeometry.DESCRIPTORS_PER_PAGE;
  private static final int SECTORS = DiskGeometry.SECTORS_PER_BLOCK;

  /** Reads {@code PJBT} in a hex dump. */
  private static final int MAGIC = 0x54424A50;

  /** The block's version has no end: it is what is written now. */
  static final int OPEN = 0;

  private static final short HOLLOW = 1;

  private final DiskGeometry geometry;
  private final long diskId;
  private final long[] owner;
  private final int[] logical;
  private final int[] birth;
  private final int[] until;
  private final short[] written;
  private final int[] crc;
  private final BitSet used = new BitSet();
  private final BitSet hollow = new BitSet();
  private final BitSet changedPages = new BitSet();
  private final long[] pageVersion;
  private final List<Integer> retired = new ArrayList<>();
  private long free;
  private int searchFrom;

  public BlockTable(DiskGeometry geometry, long diskId) {
    this.geometry = geometry;
    this.diskId = diskId;
    int blocks = Math.toIntExact(geometry.blockCount());
    owner = new long[blocks];
    logical = new int[blocks];
    birth = new int[blocks];
    until = new int[blocks];
    written = new short[blocks];
    crc = new int[Math.multiplyExact(blocks, SECTORS)];
    pageVersion = new long[Math.toIntExact(geometry.tablePages())];
    free = blocks;
  }

  public long blockCount() {
    return geometry.blockCount();
  }

  public long free() {
    return free;
  }

  /**
   * A free block for that place from that era on, nothing of it written; -1 when the disk is full.
   */
  public int allocate(long replica, int logicalBlock, int era) {
    if (free == 0) {
      return -1;
    }
    int block = used.nextClearBit(searchFrom);
    if (block >= owner.length) {
      block = used.nextClearBit(0);
    }
    searchFrom = block + 1;
    used.set(block);
    free--;
    owner[block] = replica;
    logical[block] = logicalBlock;
    birth[block] = era;
    until[block] = OPEN;
    hollow.clear(block);
    written[block] = 0;
    changed(block);
    return block;
  }

  /** The first era in which the block is its place's content. */
  int birth(int block) {
    return birth[block];
  }

  /** The first era in which it is that no more, {@link #OPEN} when there is none yet. */
  int until(int block) {
    return until[block];
  }

  /** Whether the block is its place's content in that era. */
  boolean covers(int block, int era) {
    return birth[block] <= era && (until[block] == OPEN || era < until[block]);
  }

  /** Sets the eras of a block. */
  void lives(int block, int from, int below) {
    birth[block] = from;
    until[block] = below;
    changed(block);
  }

  /** The block stays though nothing of it is written: it hides what a clone's parent has there. */
  void keepHollow(int block) {
    hollow.set(block);
    changed(block);
  }

  boolean isHollow(int block) {
    return hollow.get(block);
  }

  /** Gives a block free. */
  public void release(int block) {
    if (!used.get(block)) {
      throw new IllegalStateException("block " + block + " is free already");
    }
    used.clear(block);
    free++;
    owner[block] = 0;
    written[block] = 0;
    changed(block);
  }

  /**
   * Takes the block from its owner; it stays out of use until {@link #free}, for the newest
   * checkpoint still names it.
   */
  void retire(int block) {
    owner[block] = 0;
    written[block] = 0;
    retired.add(block);
    changed(block);
  }

  /** Blocks retired since the last call; a checkpoint that begins now no longer names them. */
  public int[] takeRetired() {
    int[] blocks = retired.stream().mapToInt(Integer::intValue).toArray();
    retired.clear();
    return blocks;
  }

  /** Whether blocks wait for the next checkpoint to be free. */
  public boolean hasRetired() {
    return !retired.isEmpty();
  }

  /** Lets retired blocks be used again. */
  public void free(int[] blocks) {
    for (int block : blocks) {
      release(block);
    }
  }

  /** The sectors were never written, from now on. */
  void forget(int block, int sectors) {
    written[block] &= (short) ~sectors;
    changed(block);
  }

  void put(int block, int sector, int sectorCrc) {
    written[block] |= (short) (1 << sector);
    crc[block * SECTORS + sector] = sectorCrc;
    changed(block);
  }

  public boolean isUsed(int block) {
    return used.get(block);
  }

  public long owner(int block) {
    return owner[block];
  }

  public int logical(int block) {
    return logical[block];
  }

  public boolean written(int block, int sector) {
    return (written[block] >>> sector & 1) != 0;
  }

  public int writtenMask(int block) {
    return written[block] & 0xffff;
  }

  public int crc(int block, int sector) {
    return crc[block * SECTORS + sector];
  }

  /** The next block in use at or after this one, or -1. */
  public int nextUsed(int from) {
    return used.nextSetBit(from);
  }

  // ---- checkpoint side

  /** Pages changed since the last call, to be written under that generation; forgets them. */
  public BitSet takeChangedPages(long generation) {
    BitSet pages = (BitSet) changedPages.clone();
    changedPages.clear();
    for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
      long slot = 1 - (pageVersion[page] & 1);
      pageVersion[page] = generation << 1 | slot;
    }
    return pages;
  }

  public int pageCount() {
    return pageVersion.length;
  }

  /** Generation × 2 + slot of the page's newest version, 0 when it was never written. */
  public long pageVersion(int page) {
    return pageVersion[page];
  }

  public void pageVersion(int page, long version) {
    pageVersion[page] = version;
  }

  public long pageOffset(int page) {
    return geometry.tablePage(page, (int) (pageVersion[page] & 1));
  }

  /** Writes the page's present content into 4096 bytes of the buffer. */
  public void encodePage(int page, ByteBuffer out) {
    int at = out.position();
    out.putInt(MAGIC).putInt(page).putLong(pageVersion[page] >>> 1).putLong(diskId).putLong(0);
    int first = page * PER_PAGE;
    for (int block = first; block < first + PER_PAGE; block++) {
      boolean taken = block < owner.length && used.get(block) && owner[block] != 0;
      out.putLong(taken ? owner[block] : 0).putInt(taken ? logical[block] : 0);
      out.putShort(taken ? written[block] : 0);
      out.putShort(taken && hollow.get(block) ? HOLLOW : 0);
      out.putInt(taken ? birth[block] : 0).putInt(taken ? until[block] : 0);
      for (int sector = 0; sector < SECTORS; sector++) {
        out.putInt(taken && written(block, sector) ? crc(block, sector) : 0);
      }
    }
    while (out.position() < at + DiskGeometry.PAGE_BYTES) {
      out.put((byte) 0);
    }
    out.putInt(at + 24, pageCrc(out, at));
  }

  /**
   * Takes a page in from 4096 bytes at an offset. Blocks that were allocated and never written come
   * back free.
   */
  public void decodePage(int page, ByteBuffer in, int at) throws DiskFormatException {
    if (in.getInt(at) != MAGIC
        || in.getInt(at + 4) != page
        || in.getLong(at + 8) != pageVersion[page] >>> 1
        || in.getInt(at + 24) != pageCrc(in, at)) {
      throw new DiskFormatException(
          "block table page %d: checksum, number or generation is wrong; replace this disk's"
                  .formatted(page)
              + " replicas");
    }
    for (int i = 0; i < PER_PAGE; i++) {
      int block = page * PER_PAGE + i;
      int from = at + PAGE_HEADER_BYTES + i * DESCRIPTOR_BYTES;
      long replica = in.getLong(from);
      short mask = in.getShort(from + 12);
      boolean empty = (in.getShort(from + 14) & HOLLOW) != 0;
      if (replica == 0 || mask == 0 && !empty) {
        continue;
      }
      if (block >= owner.length) {
        throw new DiskFormatException("block table page " + page + " names block " + block);
      }
      used.set(block);
      free--;
      owner[block] = replica;
      logical[block] = in.getInt(from + 8);
      birth[block] = in.getInt(from + 16);
      until[block] = in.getInt(from + 20);
      if (birth[block] < 0 || until[block] != OPEN && until[block] <= birth[block]) {
        throw new DiskFormatException(
            "block table page %d: block %d lives from era %d to %d"
                .formatted(page, block, birth[block], until[block]));
      }
      hollow.set(block, empty);
      written[block] = mask;
      for (int sector = 0; sector < SECTORS; sector++) {
        crc[block * SECTORS + sector] = in.getInt(from + 24 + sector * Integer.BYTES);
      }
    }
  }

  private int pageCrc(ByteBuffer page, int at) {
    int head = Checksum.salted(diskId, page, at, 24);
    return Checksum.salted((long) head << 32 ^ diskId, page, at + 28, DiskGeometry.PAGE_BYTES - 28);
  }

  private void changed(int block) {
    changedPages.set(block / PER_PAGE);
  }
}
