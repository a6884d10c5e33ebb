package io.polarj.storage.repair;

import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;

/**
 * Gives other members verified sectors of this node's replicas, if it has applied what they have.
 * What it finds damaged itself it leaves out. One loop only.
 */
final class Donor {
  private static final int MOST_SERVED = 32;
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;

  private final int self;
  private final Outlet outlet;
  private int serving;

  Donor(int self, Outlet outlet) {
    this.self = self;
    this.outlet = outlet;
  }

  void fetch(Patient patient, RepairMessage.FetchSectors request) {
    Answer answer = new Answer(request, patient == null ? 0 : patient.raft.applied());
    boolean able =
        patient != null
            && patient.raft.replayed()
            && patient.raft.applied() >= request.applied()
            && request.block() < patient.blocks().blockCount()
            && patient.blocks().shows(request.snapshot())
            && serving < MOST_SERVED;
    if (!able || request.sectors() == 0) {
      answer.send();
      return;
    }
    serving++;
    answer.read(patient.blocks());
  }

  void fetchEntry(Patient patient, RepairMessage.FetchEntry request) {
    if (patient == null || serving >= MOST_SERVED) {
      return; // asked again later
    }
    serving++;
    patient.stored.readEntry(
        request.index(),
        entry -> {
          serving--;
          boolean same =
              entry != null
                  && entry.header().segment() == request.segment()
                  && entry.header().crc() == request.crc();
          outlet.send(
              request.from(),
              new RepairMessage.EntryFound(
                  request.chunk(),
                  self,
                  request.id(),
                  request.index(),
                  same ? entry.payload() : new byte[0]));
        });
  }

  /** Collects the sectors of one answer. */
  private final class Answer {
    private final RepairMessage.FetchSectors request;
    private final long applied;
    private final byte[] bytes;
    private int found;
    private int open;

    Answer(RepairMessage.FetchSectors request, long applied) {
      this.request = request;
      this.applied = applied;
      this.bytes = new byte[DiskGeometry.BLOCK_BYTES];
    }

    void read(ChunkBlocks blocks) {
      open = Integer.bitCount(request.sectors());
      for (int sector = 0; sector < DiskGeometry.SECTORS_PER_BLOCK; sector++) {
        if ((request.sectors() >>> sector & 1) != 0) {
          int at = sector;
          long offset =
              (long) request.block() * DiskGeometry.BLOCK_BYTES + (long) sector * SECTOR_BYTES;
          if (request.snapshot() == 0) {
            blocks.read(offset, SECTOR_BYTES, (read, error) -> arrived(at, read));
          } else {
            blocks.read(
                request.snapshot(), offset, SECTOR_BYTES, (read, error) -> arrived(at, read));
          }
        }
      }
    }

    private void arrived(int sector, byte[] read) {
      if (read != null) {
        System.arraycopy(read, 0, bytes, sector * SECTOR_BYTES, SECTOR_BYTES);
        found |= 1 << sector;
      }
      if (--open == 0) {
        serving--;
        send();
      }
    }

    void send() {
      int count = Integer.bitCount(found);
      int[] crcs = new int[count];
      byte[] packed = new byte[count * SECTOR_BYTES];
      int at = 0;
      for (int sector = 0; sector < DiskGeometry.SECTORS_PER_BLOCK; sector++) {
        if ((found >>> sector & 1) != 0) {
          System.arraycopy(bytes, sector * SECTOR_BYTES, packed, at * SECTOR_BYTES, SECTOR_BYTES);
          crcs[at] = Checksum.of(packed, at * SECTOR_BYTES, SECTOR_BYTES);
          at++;
        }
      }
      outlet.send(
          request.from(),
          new RepairMessage.SectorsFound(
              request.chunk(), self, request.id(), applied, request.block(), found, crcs, packed));
    }
  }
}
