package io.polarj.pfs.volume;

import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.journal.JournalReader;
import io.polarj.pfs.volume.meta.Namespace;
import io.polarj.platform.net.MalformedMessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a read-only mount keeps up: it reads on in the journal, and starts over from the homes when
 * the writer has cut what it had not read yet. One thread at a time.
 */
final class Follower {
  /** What has changed: transactions in order, or everything anew. */
  record Update(List<Map<Integer, MetadataObject>> changes, Namespace reloaded) {}

  private final VolumeLoader loader;
  private VolumeLoader.Loaded loaded;

  Follower(VolumeLoader loader, VolumeLoader.Loaded loaded) {
    this.loader = loader;
    this.loaded = loaded;
  }

  Update poll() throws IOException {
    List<Map<Integer, MetadataObject>> changes = new ArrayList<>();
    JournalReader journal = loaded.journal();
    boolean damaged = false;
    try {
      if (journal.readAll(changes::add) > 0) {
        return new Update(changes, null);
      }
    } catch (MalformedMessageException e) {
      damaged = true; // overwritten while it was read, most likely: the anchor tells
    }
    if (damaged || loader.readAnchor(loaded.superBlock()).firstBatch() > journal.nextBatch()) {
      loaded = loader.load();
      return new Update(List.of(), loaded.namespace());
    }
    return new Update(List.of(), null);
  }
}
