package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.VolumeInfo;
import java.util.List;

/**
 * What PolarCtrl must not forget. Every call is one transaction, durable on return; one that fails
 * throws {@link StoreException} and has changed nothing. Used by one thread.
 */
public interface CtrlStore extends AutoCloseable {
  /** Everything, in ascending order of ids. */
  StoredState load();

  /** Inserts or replaces. */
  void saveNode(StoredNode node);

  /** Inserts or replaces. */
  void saveVolume(VolumeInfo volume);

  /** Inserts or replaces the volume, and adds chunks to it. */
  void saveVolume(VolumeInfo volume, List<StoredChunk> newChunks);

  /** All of it or nothing. */
  void save(StoreChange change);

  @Override
  void close();
}
