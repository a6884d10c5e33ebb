package io.polarj.storage.raft;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Which snapshots of a chunk there are, after some entry of its log. What is written after snapshot
 * {@code newest} belongs to era {@code newest + 1}; snapshot s shows what was written up to era s.
 * Numbers of deleted snapshots never come back.
 *
 * @param newest the highest number taken, deleted or not; 0 before the first
 * @param live those that were not deleted, ascending
 */
public record SnapshotSet(int newest, List<Integer> live) {
  public static final SnapshotSet NONE = new SnapshotSet(0, List.of());

  /** So many may exist of one chunk at a time. */
  public static final int MOST_LIVE = 256;

  public SnapshotSet {
    live = List.copyOf(live);
    int before = 0;
    for (int number : live) {
      if (number <= before || number > newest) {
        throw new IllegalArgumentException("snapshots " + live + " up to " + newest);
      }
      before = number;
    }
  }

  /** The era of what is written now. */
  public int era() {
    return newest + 1;
  }

  public boolean has(int number) {
    return live.contains(number);
  }

  /** With that one taken; the same when it or a later one was taken before. */
  SnapshotSet taken(int number) {
    if (number <= newest) {
      return this;
    }
    List<Integer> more = new ArrayList<>(live);
    more.add(number);
    return new SnapshotSet(number, more);
  }

  SnapshotSet without(int number) {
    List<Integer> less = new ArrayList<>(live);
    less.remove(Integer.valueOf(number));
    return new SnapshotSet(Math.max(newest, number), less);
  }

  /**
   * The set after an entry. That a snapshot was taken follows from the first entry of a later era:
   * the entry that took it may be lost when only later ones survived a change of leaders. A restore
   * begins an era too, without a snapshot of the one before.
   */
  public SnapshotSet after(EntryHeader entry) {
    int before = entry.era() - 1;
    return switch (entry.kind()) {
      case DELETE_SNAPSHOT -> taken(before).without(entry.snapshot());
      case RESTORE -> before <= newest ? this : new SnapshotSet(before, live);
      default -> taken(before);
    };
  }

  /** Whether one of them lies in [from, below). */
  public boolean anyIn(int from, int below) {
    return oneIn(from, below) > 0;
  }

  /** The lowest in [from, below), or 0. */
  public int oneIn(int from, int below) {
    for (int number : live) {
      if (number >= from) {
        return number < below ? number : 0;
      }
    }
    return 0;
  }

  void encode(MessageWriter out) {
    out.putInt(newest).putInt(live.size());
    live.forEach(out::putInt);
  }

  static SnapshotSet decode(MessageReader in) {
    int newest = in.getInt();
    int count = in.getCount(Integer.BYTES);
    List<Integer> live = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      live.add(in.getInt());
    }
    try {
      return new SnapshotSet(newest, live);
    } catch (IllegalArgumentException bad) {
      throw new MalformedMessageException(bad.getMessage());
    }
  }
}
