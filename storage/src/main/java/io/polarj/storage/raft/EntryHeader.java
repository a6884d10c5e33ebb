package io.polarj.storage.raft;

/**
 * All of a log entry but its payload.
 *
 * @param index its place in the log, from 1
 * @param segment the term whose leader opened the part of the log it stands in
 * @param ballot the term of the leader that last wrote it here; at least the segment
 * @param epoch the fencing epoch its writer held
 * @param offset first byte written in the chunk
 * @param length bytes written or discarded; 0 for entries that touch none
 * @param conflicts bit k is set when the entry overlaps the one at index - 1 - k of its segment;
 *     the leader fills it for as many predecessors as its look-behind window holds
 * @param lookBehind how many predecessors {@code conflicts} speaks of, 0 to 64
 * @param crc CRC32C of the payload
 * @param era one above the newest snapshot taken before it; 0 for entries that know of none
 * @param snapshot the snapshot that is deleted or restored, else 0
 */
public record EntryHeader(
    long index,
    long segment,
    long ballot,
    EntryKind kind,
    RequestId request,
    long epoch,
    long offset,
    int length,
    long conflicts,
    int lookBehind,
    int crc,
    int era,
    int snapshot) {

  /** An entry of the first era. */
  public EntryHeader(
      long index,
      long segment,
      long ballot,
      EntryKind kind,
      RequestId request,
      long epoch,
      long offset,
      int length,
      long conflicts,
      int lookBehind,
      int crc) {
    this(
        index,
        segment,
        ballot,
        kind,
        request,
        epoch,
        offset,
        length,
        conflicts,
        lookBehind,
        crc,
        1,
        0);
  }

  public static EntryHeader noop(long index, long segment, long ballot) {
    return new EntryHeader(
        index, segment, ballot, EntryKind.NOOP, RequestId.NONE, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  EntryHeader withBallot(long newBallot) {
    return new EntryHeader(
        index,
        segment,
        newBallot,
        kind,
        request,
        epoch,
        offset,
        length,
        conflicts,
        lookBehind,
        crc,
        era,
        snapshot);
  }

  EntryHeader withConflicts(long bits, int reach) {
    return new EntryHeader(
        index, segment, ballot, kind, request, epoch, offset, length, bits, reach, crc, era,
        snapshot);
  }

  /** Bytes of the entry's payload. */
  public int payloadBytes() {
    return kind == EntryKind.DISCARD ? 0 : length;
  }

  /** Whether applying the two in the wrong order would be seen. */
  boolean conflictsWith(EntryHeader other) {
    if (kind == EntryKind.NOOP || other.kind == EntryKind.NOOP) {
      return false;
    }
    if (kind == EntryKind.FENCE || other.kind == EntryKind.FENCE) {
      return true;
    }
    if (era != other.era || kind.ofSnapshots() || other.kind.ofSnapshots()) {
      return true; // a snapshot lies between the two
    }
    return overlaps(other.offset, other.length);
  }

  boolean overlaps(long otherOffset, long otherLength) {
    return kind.ofSnapshots()
        || kind.changesBytes()
            && offset < otherOffset + otherLength
            && otherOffset < offset + length;
  }
}
