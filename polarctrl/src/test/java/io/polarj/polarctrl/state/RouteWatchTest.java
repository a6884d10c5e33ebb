package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.WatchRoutes;
import io.polarj.storage.protocol.ChunkId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Routes are told to who watches them. */
final class RouteWatchTest {
  private final MoveBench bench = new MoveBench(4);
  private final List<CtrlReply> told = new ArrayList<>();

  private void watch(long volume) {
    bench.plane.request(new WatchRoutes(77, volume), told::add);
  }

  private ChunkRoute lastTold() {
    RouteReply reply = (RouteReply) told.getLast();
    assertThat(reply.requestId()).isEqualTo(77);
    return reply.routes().getLast();
  }

  @Test
  void newLeaderAndNewMembersAreTold() {
    long volume = bench.volume("db", 2);
    watch(volume);
    bench.run(2);
    assertThat(told).isEmpty();
    ChunkId chunk = new ChunkId(volume, 1);
    int leader = bench.servers.group(chunk).leader;
    int next =
        bench.servers.group(chunk).voters.stream()
            .filter(n -> n != leader)
            .findFirst()
            .orElseThrow();
    bench.servers.group(chunk).leader = next;
    bench.servers.group(chunk).term++;
    bench.run(2);
    assertThat(lastTold().leader()).isEqualTo(next);
    bench.plane.operator().move(chunk.toString(), leader, 0);
    bench.runSeconds(30);
    assertThat(lastTold().members())
        .extracting("node")
        .containsExactlyInAnyOrderElementsOf(bench.voters(volume, 1));
  }

  @Test
  void whoStopsAskingIsForgotten() {
    long volume = bench.volume("db", 1);
    watch(volume);
    bench.runSeconds(61);
    bench.servers.node(bench.servers.group(new ChunkId(volume, 0)).leader).up = false;
    bench.runSeconds(10);
    assertThat(told).isEmpty();
    watch(volume);
    watch(volume);
    bench.servers.group(new ChunkId(volume, 0)).term++;
    bench.run(2);
    assertThat(told).hasSize(1);
  }
}
