package io.polarj.replication.replica;

/** What is shared: how far redo is durable, and how far pages, versions and redo have gone. */
final class SimVolume {
  long epoch;
  long durable = 1000;
  long checkpoint;
  long flushed;
  long purged;
  long removed;
}
