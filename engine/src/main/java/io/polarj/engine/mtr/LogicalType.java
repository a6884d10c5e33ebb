package io.polarj.engine.mtr;

/** Kinds of logical redo records. Codes are part of the format. */
public enum LogicalType {
  /** u64 transaction id: it committed at this group's end LSN. */
  TRX_COMMIT(1),
  /** u64 transaction id: it was rolled back completely. */
  TRX_ROLLBACK(2),
  /** State of the transaction table, so that a replica can start here: next id, active ids. */
  TRX_STATE(3),
  /** u64 table id, u64 catalog version: the dictionary changed. */
  DICTIONARY(4),
  /** Room for other engines: their WAL travels in the same redo. */
  FOREIGN(5),
  /** u64 LSN: from here on, what ended at or below it may be purged; older snapshots are over. */
  PURGE(6);

  private final int code;

  LogicalType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
