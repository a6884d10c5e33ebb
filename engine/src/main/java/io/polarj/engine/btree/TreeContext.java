package io.polarj.engine.btree;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.page.PageId;
import java.util.concurrent.locks.StampedLock;

/** Which tree it is and what it stands on. */
record TreeContext(MtrSource mtrs, StampedLock latch, int spaceId, int rootPageNo, long indexId) {
  long page(int pageNo) {
    return PageId.of(spaceId, pageNo);
  }

  long root() {
    return page(rootPageNo);
  }

  EngineException.Corruption corrupt(long pageId, String what) {
    return new EngineException.Corruption(
        "index " + indexId + ", page " + PageId.toString(pageId) + ": " + what);
  }
}
