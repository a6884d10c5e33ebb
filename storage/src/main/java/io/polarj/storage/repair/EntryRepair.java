package io.polarj.storage.repair;

import io.polarj.platform.loop.Timer;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.LogEntry;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back the payload of a log entry whose header this replica still has: asks one member after
 * the other until one has the entry of that index and segment. Safe, because within a segment an
 * index holds one value or nothing (INV-RAFT-1), and the payload must have the checksum that the
 * header here names. One loop only.
 */
final class EntryRepair {
  private static final Logger LOG = LoggerFactory.getLogger(EntryRepair.class);
  private static final long FIRST_WAIT_NANOS = 50_000_000L;
  private static final long LONGEST_WAIT_NANOS = 5_000_000_000L;

  private final Repairs repairs;
  private final Patient patient;
  private final EntryHeader header;
  private final BooleanSupplier wanted;
  private final Consumer<byte[]> found;
  private int asks;
  private long askedId;
  private Timer timer;

  EntryRepair(
      Repairs repairs,
      Patient patient,
      EntryHeader header,
      BooleanSupplier wanted,
      Consumer<byte[]> found) {
    this.repairs = repairs;
    this.patient = patient;
    this.header = header;
    this.wanted = wanted;
    this.found = found;
  }

  /** Asks the next member; what does not answer in time is asked again later. */
  void ask() {
    repairs.forgetEntry(askedId);
    if (!wanted.getAsBoolean() || !repairs.cares(patient)) {
      patient.entryRepairs.remove(this);
      return;
    }
    int[] members = patient.raft.members().nodes();
    if (members.length == 0) {
      return; // a newcomer has lost nothing
    }
    int member = members[asks % members.length];
    long wait =
        Math.min(LONGEST_WAIT_NANOS, FIRST_WAIT_NANOS << Math.min(7, asks / members.length));
    asks++;
    if (member == repairs.self()) {
      timer = repairs.loop().schedule(1, this::ask);
      return;
    }
    askedId = repairs.nextId(this);
    repairs.send(
        member,
        new RepairMessage.FetchEntry(
            patient.chunk(),
            repairs.self(),
            askedId,
            header.index(),
            header.segment(),
            header.crc()));
    timer = repairs.loop().schedule(wait, this::ask);
  }

  void close() {
    if (timer != null) {
      timer.cancel();
    }
  }

  void onFound(RepairMessage.EntryFound answer) {
    boolean right =
        answer.index() == header.index()
            && answer.payload().length == header.payloadBytes()
            && LogEntry.crcOf(answer.payload()) == header.crc();
    if (!right) {
      return; // the next member is asked when the time is over
    }
    close();
    patient.entryRepairs.remove(this);
    LOG.info(
        "chunk {}: log entry {} repaired from node {}",
        patient.chunk(),
        header.index(),
        answer.from());
    found.accept(answer.payload());
  }
}
