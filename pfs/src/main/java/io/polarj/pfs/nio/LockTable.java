// The file locks of one mounted file system. A volume has one read-write mount, in one process, so
// all writers that could contend stand in this table; as everywhere in Java, two locks of one
// process that overlap are an error and never wait for each other. Other mounts (read-only ones of
// other processes) do not see these locks. Any thread.
package io.polarj.pfs.nio;

import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

final class LockTable {
  private final Map<Long, List<FileLock>> byInode = new HashMap<>();

  synchronized void add(long inode, FileLock lock) {
    List<FileLock> held = byInode.computeIfAbsent(inode, key -> new ArrayList<>());
    for (FileLock other : held) {
      if (other.overlaps(lock.position(), lock.size())) {
        throw new OverlappingFileLockException();
      }
    }
    held.add(lock);
  }

  synchronized void remove(long inode, FileLock lock) {
    removeIf(inode, other -> other == lock);
  }

  /** The locks of a channel end when it is closed. */
  synchronized void removeAll(long inode, Object channel) {
    removeIf(inode, lock -> lock.acquiredBy() == channel);
  }

  private void removeIf(long inode, Predicate<FileLock> gone) {
    List<FileLock> held = byInode.get(inode);
    if (held != null) {
      held.removeIf(gone);
      if (held.isEmpty()) {
        byInode.remove(inode);
      }
    }
  }
}
