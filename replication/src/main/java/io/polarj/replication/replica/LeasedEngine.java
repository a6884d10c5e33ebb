package io.polarj.replication.replica;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.api.EngineStatus;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.ReadOnlyEngine;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.TableDef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The replica's engine as SQL sees it: read-only, and the same object however often the replica
 * attaches anew or starts again from the checkpoint. Any thread.
 */
final class LeasedEngine implements ReadOnlyEngine {
  private final Supplier<ReplicaInstance> current;
  private final ServingGate gate;
  private final ReplicaApplier applier;
  private final Runnable close;
  private final Catalog catalog = new CurrentCatalog();

  LeasedEngine(ServingGate gate, ReplicaApplier applier, Runnable close) {
    this.current = applier::instance;
    this.gate = gate;
    this.applier = applier;
    this.close = close;
  }

  private ReplicaInstance instance() {
    ReplicaInstance now = current.get();
    if (now == null) {
      gate.enter();
      throw new EngineException.NotServing("the replica starts again from the checkpoint");
    }
    return now;
  }

  private final class CurrentCatalog implements Catalog {
    private Catalog now() {
      return instance().engine().catalog();
    }

    @Override
    public long version() {
      return now().version();
    }

    @Override
    public List<String> schemas() {
      return now().schemas();
    }

    @Override
    public boolean schemaExists(String schema) {
      return now().schemaExists(schema);
    }

    @Override
    public TableDef table(String schema, String table) {
      return now().table(schema, table);
    }

    @Override
    public List<TableDef> tables(String schema) {
      return now().tables(schema);
    }
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public Transaction begin(IsolationLevel isolation, boolean readOnly) {
    long generation = gate.enter();
    ReplicaInstance now = instance();
    if (!now.acquire()) {
      throw new EngineException.NotServing("the replica starts again from the checkpoint");
    }
    try {
      Transaction inner = now.engine().begin(isolation, true);
      // Another instance belongs to another generation.
      gate.check(generation);
      return new LeasedTransaction(now, gate, generation, inner);
    } catch (RuntimeException e) {
      now.release();
      gate.check(generation);
      throw e;
    }
  }

  @Override
  public Table openTable(Transaction transaction, String schema, String table) {
    LeasedTransaction own = (LeasedTransaction) transaction;
    Table inner = own.read(() -> own.instance().engine().openTable(own.inner(), schema, table));
    return new LeasedTable(own, inner);
  }

  /** Nobody writes here, so a share of the table, kept to the end, is all that READ asks for. */
  @Override
  public void lockTable(Transaction holder, String schema, String table, boolean write) {
    if (write) {
      throw ReadOnlyEngine.refused();
    }
    openTable(holder, schema, table);
  }

  @Override
  public EngineStatus status() {
    long applied = applier.appliedLsn();
    long durable = Math.max(applied, applier.announcedLsn());
    ReplicaInstance now = current.get();
    Map<String, Long> counters = new LinkedHashMap<>();
    if (now != null) {
      counters.putAll(now.engine().status().counters());
    }
    counters.put("Polarj_replica_serving", gate.open() ? 1L : 0L);
    counters.put("Polarj_replica_applied_lsn", applied);
    counters.put("Polarj_replica_durable_lsn", durable);
    counters.put("Polarj_replica_lag_bytes", durable - applied);
    counters.put("Polarj_replica_lag_millis", applier.lagNanos() / 1_000_000L);
    counters.put("Polarj_replica_lease_millis", gate.leaseRemainingNanos() / 1_000_000L);
    counters.put("Polarj_replica_rejoins", applier.rejoins());
    return new EngineStatus(
        durable, durable, now == null ? 0 : now.engine().startLsn(), applied, counters);
  }

  @Override
  public void close() {
    close.run();
  }
}
