package io.polarj.storage.repair;

import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.store.DiskReplica;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.TreeMap;

/**
 * Repairs what reads of this node's replicas find damaged, and gives other nodes what they lack. A
 * few blocks are under repair at a time; the others wait their turn.
 *
 * <p>Place in the data path: ChunkBlocks tells of a sector that fails its checksum → {@link
 * SectorRepair} asks other members → the bytes go back through ChunkBlocks' dirty sectors. Who
 * wanted to read waits with {@link #whenSound}. Sans-I/O, one loop only.
 */
public final class Repairs {
  private static final int MOST_BUSY = 16;

  private final int self;
  private final EventLoop loop;
  private final Outlet outlet;
  private final Set<PlantedBug> planted;
  private final Donor donor;
  private final Comparison comparison;
  private final TreeMap<ChunkId, Patient> patients = new TreeMap<>();
  private final TreeMap<Long, SectorRepair> asked = new TreeMap<>();
  private final TreeMap<Long, EntryRepair> askedEntries = new TreeMap<>();
  private final ArrayDeque<SectorRepair> queue = new ArrayDeque<>();
  private int busy;
  private long lastId;
  private boolean closed;

  public Repairs(int self, EventLoop loop, Outlet outlet, Set<PlantedBug> planted) {
    this.self = self;
    this.loop = loop;
    this.outlet = outlet;
    this.planted = Set.copyOf(planted);
    this.donor = new Donor(self, outlet);
    this.comparison = new Comparison(this, loop);
  }

  /** Takes care of a replica from now on. */
  public void add(DiskReplica stored, RaftReplica raft) {
    Patient patient = new Patient(stored, raft);
    patients.put(patient.chunk(), patient);
    stored
        .blocks()
        .onDamage((block, snapshot, sectors) -> damaged(patient, block, snapshot, sectors));
    stored.onLostEntries((header, wanted, found) -> {
      EntryRepair repair = new EntryRepair(this, patient, header, wanted, found);
      patient.entryRepairs.add(repair);
      loop.execute(repair::ask);
    });
  }

  /** The replica is gone. */
  public void remove(ChunkId chunk) {
    Patient patient = patients.remove(chunk);
    if (patient != null) {
      patient.close();
      patient.repairs.clear();
      patient.release();
    }
  }

  public void close() {
    closed = true;
    patients.values().forEach(Patient::close);
  }

  public ChunkReport.Health health(ChunkId chunk) {
    Patient patient = patients.get(chunk);
    return patient == null
        ? ChunkReport.Health.SOUND
        : new ChunkReport.Health(
            patient.damaged,
            patient.repaired,
            patient.open(),
            patient.scrubbed,
            patient.passes,
            Comparison.divergent(patient));
  }

  /** Of all replicas together; passes are the fewest of any. */
  public ChunkReport.Health total() {
    long damaged = 0;
    long repaired = 0;
    long scrubbed = 0;
    long passes = patients.isEmpty() ? 0 : Long.MAX_VALUE;
    int open = 0;
    int divergent = 0;
    for (Patient patient : patients.values()) {
      damaged += patient.damaged;
      repaired += patient.repaired;
      scrubbed += patient.scrubbed;
      passes = Math.min(passes, patient.passes);
      open += patient.open();
      divergent += Comparison.divergent(patient);
    }
    return new ChunkReport.Health(damaged, repaired, open, scrubbed, passes, divergent);
  }

  /** Whether something of the range is known to be damaged. */
  public boolean damaged(ChunkId chunk, long offset, int length) {
    Patient patient = patients.get(chunk);
    return patient != null && !patient.sound(block(offset), block(offset + length - 1));
  }

  /**
   * Runs the task once nothing of the range is known to be damaged, and lets the repair hurry.
   * Answers a way to give up waiting.
   */
  public Runnable whenSound(ChunkId chunk, long offset, int length, Runnable healed) {
    Patient patient = patients.get(chunk);
    int first = block(offset);
    int last = block(offset + length - 1);
    if (patient == null || patient.sound(first, last)) {
      loop.execute(healed);
      return () -> {};
    }
    Patient.Waiter waiter = new Patient.Waiter(first, last, healed);
    patient.waiters.add(waiter);
    patient.of(first, last).values().forEach(SectorRepair::hurry);
    return () -> patient.waiters.remove(waiter);
  }

  public void onMessage(RepairMessage message) {
    if (closed) {
      return;
    }
    Patient patient = patients.get(message.chunk());
    switch (message) {
      case RepairMessage.FetchSectors m -> donor.fetch(patient, m);
      case RepairMessage.SectorsFound m -> {
        SectorRepair repair = asked.remove(m.id());
        if (repair != null) {
          repair.onFound(m);
        }
      }
      case RepairMessage.FetchEntry m -> donor.fetchEntry(patient, m);
      case RepairMessage.EntryFound m -> {
        EntryRepair repair = askedEntries.remove(m.id());
        if (repair != null) {
          repair.onFound(m);
        }
      }
      case RepairMessage.Compare m -> comparison.answer(patient, m);
      case RepairMessage.Compared m -> comparison.onCompared(m);
    }
  }

  private void damaged(Patient patient, int block, int snapshot, int sectors) {
    if (closed || !patient.raft.replayed() || patients.get(patient.chunk()) != patient) {
      return; // before the replay a block may be newer than its checksum, which harms nobody
    }
    long key = Patient.key(block, snapshot);
    SectorRepair repair = patient.repairs.get(key);
    boolean begins = repair == null;
    if (begins) {
      repair = new SectorRepair(this, patient, block, snapshot);
      patient.repairs.put(key, repair);
    }
    patient.damaged += repair.add(sectors);
    if (begins) {
      enqueue(repair);
    }
  }

  // ---- for the repairs

  int self() {
    return self;
  }

  TreeMap<ChunkId, Patient> patients() {
    return patients;
  }

  Comparison comparison() {
    return comparison;
  }

  boolean cares(Patient patient) {
    return !closed && patients.get(patient.chunk()) == patient;
  }

  long allocatedBlocks() {
    return patients.values().stream().mapToLong(one -> one.blocks().allocatedBlocks()).sum();
  }

  EventLoop loop() {
    return loop;
  }

  boolean plants(PlantedBug bug) {
    return planted.contains(bug);
  }

  long nextId() {
    return ++lastId;
  }

  long nextId(SectorRepair asking) {
    long id = nextId();
    asked.put(id, asking);
    return id;
  }

  long nextId(EntryRepair asking) {
    long id = nextId();
    askedEntries.put(id, asking);
    return id;
  }

  void forgetEntry(long id) {
    askedEntries.remove(id);
  }

  void forget(long id) {
    asked.remove(id);
  }

  void send(int node, RepairMessage message) {
    outlet.send(node, message);
  }

  void enqueue(SectorRepair repair) {
    queue.addLast(repair);
    startNext();
  }

  /** A repair has ended its round. */
  void paused() {
    busy--;
    startNext();
  }

  void ended(Patient patient, int block, int snapshot) {
    patient.repairs.remove(Patient.key(block, snapshot));
    patient.release();
  }

  private void startNext() {
    loop.execute(() -> {
      if (!closed && busy < MOST_BUSY && !queue.isEmpty()) {
        busy++;
        queue.pollFirst().begin();
      }
    });
  }

  private static int block(long offset) {
    return (int) (offset / DiskGeometry.BLOCK_BYTES);
  }
}
