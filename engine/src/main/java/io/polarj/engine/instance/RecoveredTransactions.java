package io.polarj.engine.instance;

import io.polarj.engine.mtr.LogicalType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the logical records of a recovery tell of transactions: the highest id. Which of them had
 * not ended is told by the undo segments. The recovering thread.
 */
final class RecoveredTransactions {
  private long nextId = 1;

  void logical(int type, byte[] payload) {
    if (payload.length < 8) {
      return;
    }
    long number = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (type == LogicalType.TRX_COMMIT.code() || type == LogicalType.TRX_ROLLBACK.code()) {
      nextId = Math.max(nextId, number + 1);
    } else if (type == LogicalType.TRX_STATE.code()) {
      nextId = Math.max(nextId, number);
    }
  }

  void checkpoint(byte[] payload) {
    if (payload.length >= 8) {
      nextId = Math.max(nextId, ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }
  }

  long nextId() {
    return nextId;
  }
}
