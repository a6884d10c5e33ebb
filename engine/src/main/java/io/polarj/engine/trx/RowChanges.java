package io.polarj.engine.trx;

/** Undoes and purges row changes: what transactions know of tables. Any thread. */
public interface RowChanges {
  /**
   * Undoes the change if the row still has the version with that roll pointer; does nothing if it
   * has another one, because the change never happened or was undone already.
   */
  void undo(UndoRecord record, long rollPointer);

  /**
   * Removes what was left behind by the change and is delete-marked by a transaction that ended at
   * or below the bound. {@code undone}: something in its transaction was rolled back, so inserted
   * rows may be marked too.
   */
  void purge(UndoRecord record, boolean undone, long bound);
}
