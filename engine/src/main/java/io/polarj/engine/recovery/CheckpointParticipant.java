package io.polarj.engine.recovery;

import io.polarj.engine.mtr.Mtr;

/** What the transaction system adds to a checkpoint. */
public interface CheckpointParticipant {
  /** For tests and tools without transactions: nothing to add. */
  CheckpointParticipant NONE =
      new CheckpointParticipant() {
        @Override
        public void writeState(Mtr mtr) {
          mtr.commit();
        }

        @Override
        public byte[] payload() {
          return new byte[0];
        }
      };

  /**
   * Adds a TRX_STATE record to the mtr and commits it, both inside the critical section in which
   * commits get their LSN, so that the state is that of the record's place in the log.
   */
  void writeState(Mtr mtr);

  /** A few bytes for the checkpoint's slot (next ids). */
  byte[] payload();
}
