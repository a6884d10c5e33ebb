// What is known of each page: the newest version that must be there, and the newest that may be.
package io.polarj.server.trial;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A page is a register with one writer. A read must not return less than what was acknowledged, or
 * returned by another read, before it began; and not more than was sent before it ended. A write
 * whose outcome is unknown may have happened or not; once a read has seen it, it has. Any thread.
 */
final class PageVersions {
  private final AtomicLongArray sent;
  private final AtomicLongArray floor;

  PageVersions(int pages) {
    sent = new AtomicLongArray(pages);
    floor = new AtomicLongArray(pages);
  }

  int pages() {
    return sent.length();
  }

  /** The version of a write that is about to be sent. By the page's only writer. */
  long send(int page) {
    return sent.incrementAndGet(page);
  }

  void acknowledged(int page, long version) {
    floor.accumulateAndGet(page, version, Math::max);
  }

  /** To be asked before a read is sent. */
  long floor(int page) {
    return floor.get(page);
  }

  /** Null, or what is wrong with a read that began when the floor was as given. */
  String judge(int page, long floorBefore, long version) {
    if (version < floorBefore) {
      String what = version == 0 ? "lost" : "stale";
      return what + ": version " + version + " although " + floorBefore + " was there before";
    }
    long newest = sent.get(page);
    if (version > newest) {
      return "made up: version " + version + " although only " + newest + " were sent";
    }
    acknowledged(page, version);
    return null;
  }
}
