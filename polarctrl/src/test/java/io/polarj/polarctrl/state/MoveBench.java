package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.CtrlRequest;
import io.polarj.polarctrl.protocol.VolumeReply;
import io.polarj.polarctrl.view.PlanView;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.VolumeLabel;
import java.util.ArrayList;
import java.util.List;

/** A control plane under a simulated clock, with ChunkServers that play along. */
final class MoveBench {
  final ManualClock clock = new ManualClock();
  final FakeChunkServers servers;
  MoveSettings moves = MoveSettings.DEFAULT.withRebalance(false);
  CtrlStore store = new MemoryCtrlStore();
  ControlPlane plane;
  final List<CtrlReply> replies = new ArrayList<>();
  private long requestId = 1000;

  MoveBench(int nodes) {
    servers = new FakeChunkServers(nodes);
    start();
  }

  void start() {
    plane =
        new ControlPlane(
            CtrlSettings.forCluster(FakeChunkServers.CLUSTER).withMoves(moves),
            clock,
            store,
            servers::send);
    plane.start();
  }

  void with(MoveSettings changed) {
    moves = changed;
    start();
  }

  /** PolarCtrl forgets all but its store. */
  void restart() {
    servers.inFlight.clear();
    servers.groups.values().forEach(group -> group.changing.clear());
    start();
  }

  void ask(CtrlRequest request) {
    plane.request(request, replies::add);
  }

  long nextRequest() {
    return ++requestId;
  }

  CtrlReply onlyReply() {
    assertThat(replies).hasSize(1);
    return replies.removeFirst();
  }

  /** A volume with three replicas of each chunk. */
  long volume(String name, int chunks) {
    return volume(name, chunks, 3);
  }

  long volume(String name, int chunks, int replicas) {
    run(2);
    ask(
        new CreateVolume(
            nextRequest(), name, chunks * FakeChunkServers.CHUNK_BYTES, 1 << 20, replicas));
    run(2);
    long id = ((VolumeReply) onlyReply()).volume().id();
    run(3);
    return id;
  }

  /** A volume of one chunk, as if its replicas had been made with that label. */
  long labelled(VolumeLabel label) {
    long id = volume("labelled", 1);
    servers.relabel(label);
    return id;
  }

  /** That many half seconds, with heartbeats, ticks and delivery of everything. */
  void run(int halves) {
    for (int i = 0; i < halves; i++) {
      clock.pass(500);
      servers.beat(plane);
      plane.tick();
      servers.deliver(plane);
    }
  }

  void runSeconds(int seconds) {
    run(2 * seconds);
  }

  void loseByOrder(int node) {
    servers.node(node).up = false;
    plane.operator().lost(node, true);
  }

  List<Integer> voters(long volume, int chunk) {
    return servers.group(new ChunkId(volume, chunk)).voters;
  }

  List<PlanView> open() {
    return plane.operator().plans(false);
  }

  List<PlanView> all() {
    return plane.operator().plans(true);
  }
}
