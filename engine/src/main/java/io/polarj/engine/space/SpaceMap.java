package io.polarj.engine.space;

import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a tablespace's header says: pages below {@code highWater} were given out once, {@code free}
 * are those that came back. For checks; nobody may allocate or free meanwhile.
 */
public record SpaceMap(int highWater, TreeSet<Integer> free) {
  /** Walks the list of free pages. Throws {@code Corruption}. */
  public static SpaceMap read(MtrSource mtrs, int spaceId) {
    Mtr mtr = mtrs.read();
    try {
      PageRef header = SpaceAllocator.header(mtr, spaceId, Latch.SHARED);
      int highWater = header.getInt(SpaceAllocator.HIGH_WATER);
      TreeSet<Integer> free = new TreeSet<>();
      int next = header.getInt(SpaceAllocator.FIRST_FREE);
      while (next != PageLayout.NO_PAGE) {
        PageRef page = mtr.fix(PageId.of(spaceId, next), Latch.SHARED);
        boolean plausible =
            next > 0 && next < highWater && page.getShort(PageLayout.TYPE) == PageType.FREE.code();
        if (!plausible || !free.add(next)) {
          throw new EngineException.Corruption(
              Tablespaces.path(spaceId) + ": page " + next + " is wrongly on the free list");
        }
        next = page.getInt(PageLayout.NEXT);
        mtr.release(page);
      }
      if (free.size() != header.getInt(SpaceAllocator.FREE_PAGES)) {
        throw new EngineException.Corruption(
            Tablespaces.path(spaceId)
                + ": %d free pages are listed, the header says %d"
                    .formatted(free.size(), header.getInt(SpaceAllocator.FREE_PAGES)));
      }
      return new SpaceMap(highWater, free);
    } finally {
      mtr.commit();
    }
  }

  /** Pages that are neither free nor among those in use: a crash lost track of them. */
  public int unreachable(Set<Integer> used) {
    int known = free.size() + used.size();
    return highWater - 1 - known;
  }
}
