package io.polarj.polarctrl.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.MemoryCtrlStore;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.NodeHeartbeatReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The admin API over a real socket, on a control plane with one ChunkServer that only reports. */
final class AdminServerTest {
  private static final Address CTRL = new Address("ctrl", 1);
  private final HttpClient http = HttpClient.newHttpClient();
  private final ThreadLoop loop = ThreadLoop.start("ctrl");
  private InProcessNetwork network;
  private PolarCtrlServer ctrl;
  private AdminServer admin;

  @BeforeEach
  void start() throws Exception {
    network = new InProcessNetwork(new InProcessHub(), loop);
    ctrl =
        PolarCtrlServer.start(
                loop, network, CTRL, new MemoryCtrlStore(), CtrlSettings.forCluster(1))
            .get(20, TimeUnit.SECONDS);
    admin = AdminServer.start(ctrl, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    CompletableFuture<Void> known = new CompletableFuture<>();
    loop.execute(() ->
        network
            .connect(
                CTRL,
                (from, message) -> {
                  assertThat(message).isInstanceOf(NodeHeartbeatReply.class);
                  known.complete(null);
                })
            .send(
                new NodeHeartbeat(
                    1,
                    5,
                    1,
                    1,
                    new Address("h", 5),
                    "rack/h",
                    DiskState.HEALTHY,
                    "",
                    90,
                    80,
                    0,
                    List.of())));
    known.get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    admin.close();
    ctrl.close();
    http.close();
    network.close();
    loop.close();
  }

  private HttpResponse<String> send(String method, String path, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.address().getPort() + path));
    if (type != null) {
      request.header("Content-Type", type);
    }
    return http.send(
        request.method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode get(String path, int code) throws IOException, InterruptedException {
    HttpResponse<String> response = send("GET", path, null, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
    return new ObjectMapper().readTree(response.body());
  }

  private JsonNode post(String path, String body, int code)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send("POST", path, "application/json", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
    return new ObjectMapper().readTree(response.body());
  }

  @Test
  void everythingCanBeLookedAt() throws Exception {
    assertThat(get("/v1/cluster", 200).path("up").asInt()).isEqualTo(1);
    assertThat(get("/v1/nodes", 200).path(0).path("failureDomain").asText()).isEqualTo("rack/h");
    assertThat(get("/v1/volumes", 200)).isEmpty();
    assertThat(get("/v1/chunks", 200)).isEmpty();
    assertThat(get("/v1/plans?all=true", 200)).isEmpty();
    assertThat(get("/v1/recovery", 200).path("applied").asBoolean()).isFalse();
    assertThat(get("/v1/chunks?volume=x", 404).path("error").asText()).contains("no volume 'x'");
    assertThat(get("/v1/nothing", 404).path("error").asText()).contains("/v1/nothing");
  }

  @Test
  void metricsAreWhatPrometheusReads() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics", null, "");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains("polarj_node_up{domain=\"rack/h\",node=\"5\"} 1.0")
        .contains("# TYPE polarj_node_disk_free_bytes gauge");
  }

  @Test
  void ordersChangeTheStateAndBadOnesSayWhy() throws Exception {
    assertThat(post("/v1/nodes/5/decommission", "", 200).path(0).path("admin").asText())
        .isEqualTo("DRAINING");
    assertThat(post("/v1/nodes/5/recommission", "{}", 200).path(0).path("admin").asText())
        .isEqualTo("IN_SERVICE");
    assertThat(post("/v1/nodes/5/lost", "{}", 400).path("error").asText()).contains("is up");
    assertThat(post("/v1/nodes/5/lost", "{\"force\":true}", 200).path(0).path("state").asText())
        .isEqualTo("LOST");
    assertThat(post("/v1/nodes/9/decommission", "", 404).path("error").asText())
        .contains("no node 9");
    assertThat(post("/v1/nodes/x/decommission", "", 400).path("error").asText()).contains("'x'");
    assertThat(post("/v1/plans", "{\"chunk\":\"1.0\",\"from\":5}", 404).path("error").asText())
        .contains("no chunk '1.0'");
    assertThat(post("/v1/plans/3/cancel", "", 404).path("error").asText()).contains("plan 3");
    assertThat(post("/v1/recovery", "{\"apply\":true}", 200).path("applied").asBoolean()).isTrue();
    assertThat(post("/v1/nodes/5/dance", "", 404).path("error").asText()).contains("dance");
    assertThat(post("/v1/plans", "{", 400).path("error").asText()).contains("not JSON");
  }

  @Test
  void whatAForeignPageCouldSendIsRefused() throws Exception {
    assertThat(send("POST", "/v1/nodes/5/decommission", "text/plain", "").statusCode())
        .isEqualTo(415);
    assertThat(send("PUT", "/v1/nodes", "application/json", "").statusCode()).isEqualTo(405);
    assertThat(get("/v1/nodes", 200).path(0).path("admin").asText()).isEqualTo("IN_SERVICE");
  }
}
