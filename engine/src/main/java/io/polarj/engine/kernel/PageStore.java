package io.polarj.engine.kernel;

import io.polarj.engine.buffer.BufferPool;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.TreeLatches;

/** What reading needs: a primary's kernel or a replica's. */
public interface PageStore {
  /** A mini-transaction that only reads; refuses changes. */
  Mtr read();

  boolean spaceExists(int spaceId);

  TreeLatches treeLatches();

  BufferPool pool();
}
