package io.polarj.sim.raft;

import io.polarj.storage.raft.EntryHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What one replica's log durably holds, as the simulated disk knows and no replica can fake. */
final class DurableTruth {
  private final TreeMap<Long, EntryHeader> entries = new TreeMap<>();
  private final TreeMap<Long, EntryHeader> destroyed = new TreeMap<>();
  private long trimmed;
  private long destroyedBelow;

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

  /** The same where the index is not known. */
  boolean holds(long client, long sequence) {
    return anyOf(entries, client, sequence) || anyOf(destroyed, client, sequence);
  }

  private static boolean anyOf(TreeMap<Long, EntryHeader> some, long client, long sequence) {
    return some.values().stream()
        .anyMatch(e -> e.request().client() == client && e.request().sequence() == sequence);
  }

  String describe() {
    return entries.isEmpty() ? "nothing above " + trimmed : trimmed + ".." + entries.lastKey();
  }

  /** The disk is gone, between the moment it was durable there, perhaps, and the answer. */
  void destroy() {
    destroyed.putAll(entries);
    destroyedBelow = Math.max(destroyedBelow, trimmed);
    clear();
  }

  /** Whether it was durable here, be it that the disk was destroyed since. */
  boolean holds(long client, long sequence, long index) {
    if (index <= Math.max(trimmed, destroyedBelow)) {
      return true;
    }
    EntryHeader header = entries.getOrDefault(index, destroyed.get(index));
    return header != null
        && header.request().client() == client
        && header.request().sequence() == sequence;
  }
}
