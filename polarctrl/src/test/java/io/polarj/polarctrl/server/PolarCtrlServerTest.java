package io.polarj.polarctrl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Link;
import io.polarj.polarctrl.client.BlockingPolarCtrl;
import io.polarj.polarctrl.client.CtrlException;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.client.WriterLease;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.JdbcCtrlStore;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.NodeHeartbeatReply;
import io.polarj.storage.protocol.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server, client and agreeable ChunkServers on real loops. */
final class PolarCtrlServerTest {
  private static final Address CTRL = new Address("ctrl", 1);
  private static final CtrlSettings SETTINGS =
      new CtrlSettings(1, 5_000, 5_000, 300, 300, 60_000, 128);
  @TempDir Path directory;

  @Test
  void clientMakesAVolumeAndBecomesItsWriter() throws Exception {
    InProcessHub hub = new InProcessHub();
    try (ThreadLoop ctrlLoop = ThreadLoop.start("ctrl");
        ThreadLoop clientLoop = ThreadLoop.start("client");
        JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      InProcessNetwork ctrlNetwork = new InProcessNetwork(hub, ctrlLoop);
      PolarCtrlServer server =
          PolarCtrlServer.start(ctrlLoop, ctrlNetwork, CTRL, store, SETTINGS)
              .get(20, TimeUnit.SECONDS);
      InProcessNetwork network = new InProcessNetwork(hub, clientLoop);
      chunkServer(network, clientLoop, 1).get(20, TimeUnit.SECONDS);
      BlockingPolarCtrl ctrl =
          new BlockingPolarCtrl(new PolarCtrlClient(clientLoop, network, CTRL, 1L << 30));
      VolumeInfo volume = ctrl.createVolume("data", 1 << 20, 1 << 20, 1);
      assertThat(volume.complete()).isTrue();
      assertThat(ctrl.acquireWriter(volume.id(), "w", false).epoch()).isEqualTo(1);
      assertThat(ctrl.status().volumes()).hasSize(1);
      deposedWriterIsTold(network, clientLoop, ctrl, volume.id());
      assertThatThrownBy(() -> ctrl.findVolume("none"))
          .isInstanceOfSatisfying(
              CtrlException.class, e -> assertThat(e.status()).isEqualTo(CtrlStatus.NOT_FOUND));
      server.close();
      network.close();
      ctrlNetwork.close();
    }
  }

  private static void deposedWriterIsTold(
      InProcessNetwork network, ThreadLoop loop, BlockingPolarCtrl ctrl, long volume)
      throws Exception {
    CompletableFuture<Void> lost = new CompletableFuture<>();
    PolarCtrlClient client = new PolarCtrlClient(loop, network, CTRL, 1L << 40);
    WriterLease lease =
        WriterLease.acquire(loop, client, volume, "w", false, () -> lost.complete(null))
            .get(20, TimeUnit.SECONDS);
    assertThat(lease.epoch()).isEqualTo(2);
    assertThatThrownBy(() -> ctrl.acquireWriter(volume, "x", false))
        .hasMessageContaining("WRITER_BUSY");
    assertThat(ctrl.acquireWriter(volume, "x", true).epoch()).isEqualTo(3);
    lost.get(20, TimeUnit.SECONDS);
    lease.release().get(20, TimeUnit.SECONDS);
    WriterLease next =
        WriterLease.acquire(loop, client, volume, "x", false, () -> {}).get(20, TimeUnit.SECONDS);
    next.release().get(20, TimeUnit.SECONDS);
    assertThat(ctrl.findVolume("data").writer()).isEmpty();
  }

  private static CompletableFuture<Void> chunkServer(
      InProcessNetwork network, ThreadLoop loop, int node) {
    Address address = new Address("chunkserver", node);
    network.listen(
        address,
        (from, message) -> {
          switch (message) {
            case CreateChunk m ->
                from.send(new ControlReply(m.requestId(), node, m.chunk(), Status.OK, 0, ""));
            case FenceEpoch m ->
                from.send(new ControlReply(m.requestId(), node, m.chunk(), Status.OK, 0, ""));
            default -> throw new AssertionError(message);
          }
        });
    CompletableFuture<Void> known = new CompletableFuture<>();
    Link ctrl =
        network.connect(
            CTRL,
            (from, message) -> {
              assertThat(((NodeHeartbeatReply) message).nodes()).hasSize(1);
              known.complete(null);
            });
    loop.execute(() ->
        ctrl.send(
            new NodeHeartbeat(
                1, node, 1, 1, address, "r", DiskState.HEALTHY, "", 9, 9, 0, List.of())));
    return known;
  }
}
