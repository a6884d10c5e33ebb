package io.polarj.sim.raft;

import io.polarj.storage.raft.EntryHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What one replica's log durably holds, as the simulated disk knows and no replica can fake. */
final class DurableTruth {
  private final TreeMap<Long, EntryHeader> entries = new TreeMap<>();
  private long trimmed;

  void append(EntryHeader header) {
    entries.put(header.index(), header);
  }

  void truncateFrom(long index) {
    entries.tailMap(index, true).clear();
  }

  void trim(long index) {
    entries.headMap(index, true).clear();
    trimmed = Math.max(trimmed, index);
  }

  void clear() {
    entries.clear();
    trimmed = 0;
  }

  List<EntryHeader> entries() {
    return new ArrayList<>(entries.values());
  }

  String describe() {
    return entries.isEmpty() ? "nothing above " + trimmed : trimmed + ".." + entries.lastKey();
  }

  boolean holds(long client, long sequence, long index) {
    if (index <= trimmed) {
      return true;
    }
    EntryHeader header = entries.get(index);
    return header != null
        && header.request().client() == client
        && header.request().sequence() == sequence;
  }
}
