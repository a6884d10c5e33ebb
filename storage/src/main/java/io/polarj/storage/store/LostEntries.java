package io.polarj.storage.store;

import io.polarj.storage.raft.EntryHeader;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Where the payloads of log entries come from that this disk has lost. */
@FunctionalInterface
public interface LostEntries {
  /**
   * Looks for the payload as long as it is wanted.
   *
   * @param found called at most once, with bytes of the header's length and checksum
   */
  void fetch(EntryHeader header, BooleanSupplier wanted, Consumer<byte[]> found);
}
