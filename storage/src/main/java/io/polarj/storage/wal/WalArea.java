package io.polarj.storage.wal;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The circular area of the disk: turns logical positions, which grow for ever, into offsets, and
 * splits what runs over the edge.
 */
public record WalArea(BlockDevice device, long offset, long bytes, long diskId) {
  private static final long MOST_BATCH_BYTES = 2L << 20;

  /** The largest batch. */
  int mostBatchBytes() {
    return WalFormat.roundUp((int) Math.min(MOST_BATCH_BYTES, bytes / 4) - 4095);
  }

  /** The largest head and body together that one record may have. */
  public int mostRecordBytes() {
    return mostBatchBytes() - WalFormat.BATCH_HEADER_BYTES - WalFormat.RECORD_HEADER_BYTES - 8;
  }

  void read(long position, ByteBuffer target, IoCallback done) {
    transfer(position, target, done, device::read);
  }

  void write(long position, ByteBuffer source, IoCallback done) {
    transfer(position, source, done, device::write);
  }

  private void transfer(long position, ByteBuffer buffer, IoCallback done, Transfer transfer) {
    long at = position % bytes;
    int first = (int) Math.min(buffer.remaining(), bytes - at);
    if (first == buffer.remaining()) {
      transfer.run(offset + at, buffer, done);
      return;
    }
    Both both = new Both(done);
    int start = buffer.position();
    int rest = buffer.remaining() - first;
    transfer.run(offset + at, buffer.slice(start, first), both);
    transfer.run(offset, buffer.slice(start + first, rest), both);
  }

  @FunctionalInterface
  private interface Transfer {
    void run(long offset, ByteBuffer buffer, IoCallback done);
  }

  /** Passes on the end of two, with the first error. */
  private static final class Both implements IoCallback {
    private final IoCallback done;
    private boolean half;
    private IOException first;

    Both(IoCallback done) {
      this.done = done;
    }

    @Override
    public void completed(IOException error) {
      if (first == null) {
        first = error;
      }
      if (half) {
        done.completed(first);
      }
      half = true;
    }
  }
}
