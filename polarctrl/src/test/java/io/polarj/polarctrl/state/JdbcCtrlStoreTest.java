package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.ChunkId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdbcCtrlStoreTest {
  @TempDir Path directory;

  @Test
  void everythingSavedIsLoadedAgain() {
    VolumeInfo volume = new VolumeInfo(1, "v", 0, 2 << 20, 1 << 20, 2, 7, "w");
    StoredNode node = new StoredNode(3, new Address("h", 1), "r");
    StoredChunk chunk = new StoredChunk(new ChunkId(1, 0), List.of(5, 3));
    StoredChunk next = new StoredChunk(new ChunkId(1, 1), List.of(3, 5));
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      store.saveNode(new StoredNode(3, new Address("old", 2), "q"));
      store.saveNode(node);
      store.saveVolume(volume, List.of(chunk, next));
    }
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      assertThat(store.load())
          .isEqualTo(
              new StoredState(
                  List.of(node), List.of(volume), List.of(chunk, next), List.of(), List.of()));
    }
  }

  @Test
  void committedEpochIsInTheFileBeforeTheStoreIsClosed() throws Exception {
    Path copy = directory.resolve("copy");
    Files.createDirectory(copy);
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      store.saveVolume(new VolumeInfo(1, "v", 0, 0, 1 << 20, 2, 41, "w"));
      Files.copy(directory.resolve("polarctrl.mv.db"), copy.resolve("polarctrl.mv.db"));
    }
    try (JdbcCtrlStore crashed = JdbcCtrlStore.openDirectory(copy, 1)) {
      assertThat(crashed.load().volumes().getFirst().epoch()).isEqualTo(41);
    }
  }

  @Test
  void failedTransactionChangesNothing() {
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      VolumeInfo volume = new VolumeInfo(1, "v", 0, 0, 1 << 20, 2, 1, "w");
      StoredChunk chunk = new StoredChunk(new ChunkId(1, 0), List.of(1));
      store.saveVolume(volume, List.of(chunk));
      VolumeInfo changed = new VolumeInfo(1, "v", 0, 0, 1 << 20, 2, 2, "w");
      assertThatThrownBy(() -> store.saveVolume(changed, List.of(chunk)))
          .isInstanceOf(StoreException.class);
      assertThat(store.load().volumes()).containsExactly(volume);
    }
  }

  @Test
  void anotherClustersDatabaseIsRefused() {
    JdbcCtrlStore.openDirectory(directory, 1).close();
    assertThatThrownBy(() -> JdbcCtrlStore.openDirectory(directory, 2))
        .hasMessageContaining("is of cluster 1");
  }
}
