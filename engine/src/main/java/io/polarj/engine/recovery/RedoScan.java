package io.polarj.engine.recovery;

import io.polarj.engine.buffer.PendingRedo;
import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.page.PageId;
import io.polarj.engine.redo.RedoGroup;
import io.polarj.engine.redo.RedoReader;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Recovery's first step: reads the log from the checkpoint to its end into pending redo. */
public final class RedoScan {
  private final Tablespaces tablespaces;
  private final PendingRedo pending;
  private final LogicalListener listener;
  private final Map<Integer, Boolean> spaces = new HashMap<>();

  /**
   * Where the log ends.
   *
   * @param lsn end of the last whole group
   * @param epoch the highest seen
   * @param tail payload of the last block up to there
   */
  public record End(long lsn, long epoch, byte[] tail) {}

  public RedoScan(Tablespaces tablespaces, PendingRedo pending, LogicalListener listener) {
    this.tablespaces = tablespaces;
    this.pending = pending;
    this.listener = listener;
  }

  public End run(FileSystem fileSystem, Checkpoint checkpoint) throws IOException {
    try (RedoReader reader =
        new RedoReader(fileSystem, checkpoint.redoFileBytes(), checkpoint.lsn())) {
      for (RedoGroup group; (group = reader.next(Long.MAX_VALUE)) != null; ) {
        add(group);
      }
      reader.checkEndIsPlausible();
      return new End(reader.lsn(), Math.max(reader.epoch(), checkpoint.epoch()), reader.tail());
    }
  }

  private void add(RedoGroup group) {
    group.visit(
        new RedoGroup.Visitor() {
          @Override
          public void page(long pageId, byte[] bytes, int offset, int length) {
            // A file that is gone was dropped later in this log.
            if (spaces.computeIfAbsent(PageId.space(pageId), tablespaces::exists)) {
              pending.add(
                  pageId,
                  new PendingRedo.Change(group.startLsn(), group.endLsn(), bytes, offset, length));
            }
          }

          @Override
          public void logical(int type, byte[] payload) {
            listener.logical(group.startLsn(), group.endLsn(), type, payload);
          }

          @Override
          public void structureChange(long indexId) {
            // Nobody reads during recovery.
          }
        });
  }
}
