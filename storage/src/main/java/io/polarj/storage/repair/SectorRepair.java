package io.polarj.storage.repair;

import io.polarj.platform.loop.Timer;
import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.raft.PlantedBug;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the damaged sectors of one block back: asks one member after the other, the leader first,
 * and after a round without success again, ever more seldom.
 *
 * <p>What may be taken (S5): the asked member must have applied everything that this replica has
 * applied to the block, and the bytes must have the checksum that the block table here says now. So
 * neither an older nor a newer state comes in; if a newer write is applied here meanwhile, it has
 * replaced the whole sector and there is nothing to repair any more. What a snapshot shows never
 * changes: there the asked member only has to have the snapshot. One loop only.
 */
final class SectorRepair {
  private static final Logger LOG = LoggerFactory.getLogger(SectorRepair.class);
  private static final long ANSWER_NANOS = 300_000_000L;
  private static final long FIRST_PAUSE_NANOS = 50_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 10_000_000_000L;

  private final Repairs repairs;
  private final Patient patient;
  private final int block;
  private final int snapshot;
  private int sectors;
  private int[] members = new int[0];
  private int next;
  private int rounds;
  private long askedId;
  private boolean active;
  private boolean ended;
  private Timer timer;

  /**
   * @param snapshot whose view of the block is damaged, 0 for what it is now
   */
  SectorRepair(Repairs repairs, Patient patient, int block, int snapshot) {
    this.repairs = repairs;
    this.patient = patient;
    this.block = block;
    this.snapshot = snapshot;
  }

  int open() {
    return Integer.bitCount(sectors);
  }

  /** Adds damaged sectors; answers how many are new. */
  int add(int damaged) {
    int added = damaged & ~sectors;
    sectors |= damaged;
    return Integer.bitCount(added);
  }

  /** Begins a round; it ends by giving its place back to {@link Repairs#paused}. */
  void begin() {
    if (ended) {
      repairs.paused();
      return;
    }
    active = true;
    members = patient.raft.members().nodes();
    int leader = patient.raft.status().leaderHint();
    for (int i = 0; i < members.length; i++) {
      if (members[i] == leader) {
        members[i] = members[0];
        members[0] = leader;
      }
    }
    next = 0;
    ask();
  }

  /** Does not wait for its time any longer, because a client does. */
  void hurry() {
    if (!active && timer != null) {
      timer.cancel();
      timer = null;
      repairs.enqueue(this);
    }
  }

  void close() {
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
    if (active) {
      active = false;
      repairs.paused();
    }
  }

  void onFound(RepairMessage.SectorsFound found) {
    if (ended || !active || found.id() != askedId) {
      return;
    }
    timer.cancel();
    int at = 0;
    for (int sector = 0; sector < DiskGeometry.SECTORS_PER_BLOCK; sector++) {
      if ((found.sectors() >>> sector & 1) == 0) {
        continue;
      }
      int from = at * DiskGeometry.SECTOR_BYTES;
      byte[] bytes = Arrays.copyOfRange(found.bytes(), from, from + DiskGeometry.SECTOR_BYTES);
      boolean intact = Checksum.of(bytes, 0, bytes.length) == found.crcs()[at];
      at++;
      if (intact && (sectors >>> sector & 1) != 0) {
        take(sector, bytes, found.from());
      }
    }
    next++;
    ask();
  }

  private void take(int sector, byte[] bytes, int donor) {
    ChunkBlocks.Repair outcome = patient.blocks().repair(block, snapshot, sector, bytes);
    switch (outcome) {
      case TAKEN -> {
        patient.repaired++;
        sectors &= ~(1 << sector);
        LOG.info(
            "chunk {}: sector {} of block {} repaired from node {}",
            patient.chunk(),
            sector,
            block,
            donor);
      }
      case NOT_NEEDED -> sectors &= ~(1 << sector);
      case OTHER_BYTES -> patient.refused++;
    }
  }

  private void ask() {
    sectors = patient.blocks().onDisk(block, snapshot, sectors); // the others were written again
    while (next < members.length && members[next] == repairs.self()) {
      next++;
    }
    if (sectors == 0) {
      ended = true;
      active = false;
      repairs.paused();
      repairs.loop().reached(RepairProbe.SECTORS_REPAIRED);
      repairs.ended(patient, block, snapshot);
    } else if (next == members.length) {
      pause();
    } else {
      askedId = repairs.nextId(this);
      boolean careless = repairs.plants(PlantedBug.REPAIR_FROM_STALE_PEER);
      repairs.send(
          members[next],
          new RepairMessage.FetchSectors(
              patient.chunk(),
              repairs.self(),
              askedId,
              careless || snapshot != 0 ? 0 : patient.appliedThrough(block),
              block,
              snapshot,
              sectors));
      timer = repairs.loop().schedule(ANSWER_NANOS, this::unanswered);
    }
  }

  private void unanswered() {
    repairs.loop().reached(RepairProbe.MEMBER_SILENT);
    repairs.forget(askedId);
    next++;
    ask();
  }

  private void pause() {
    repairs.loop().reached(RepairProbe.NOBODY_HELPED);
    rounds++;
    active = false;
    if (rounds == 3) {
      LOG.error(
          "chunk {}: no member can replace the damaged sectors {} of block {} now; reads of them"
              + " fail",
          patient.chunk(),
          Integer.toBinaryString(sectors),
          block);
    }
    long pause = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(rounds - 1, 10));
    timer =
        repairs
            .loop()
            .schedule(
                pause,
                () -> {
                  timer = null;
                  repairs.enqueue(this);
                });
    repairs.paused();
  }
}
