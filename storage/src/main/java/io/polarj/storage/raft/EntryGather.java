package io.polarj.storage.raft;

import java.util.List;
import java.util.function.Consumer;

/** Collects entries, from memory or back from the log, to answer one request for them. */
final class EntryGather {
  private final Journal journal;
  private final List<Long> wanted;
  private final Consumer<LogEntry[]> done;
  private final LogEntry[] entries;
  private int missing;

  EntryGather(Journal journal, List<Long> wanted, Consumer<LogEntry[]> done) {
    this.journal = journal;
    this.wanted = wanted;
    this.done = done;
    this.entries = new LogEntry[wanted.size()];
    this.missing = wanted.size();
  }

  /** An entry that goes away meanwhile lets the answer fall silent; the asker asks again. */
  void start() {
    for (int i = 0; i < entries.length; i++) {
      int at = i;
      journal.read(
          wanted.get(i),
          entry -> {
            entries[at] = entry;
            if (--missing == 0) {
              done.accept(entries);
            }
          });
    }
  }
}
