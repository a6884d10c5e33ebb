package io.polarj.platform.net.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ibm.disni.verbs.IbvWC.IbvWcStatus;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.polarj.platform.loop.IdleMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.NetworkContract;
import io.polarj.platform.net.Ping;
import io.polarj.platform.random.RandomStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The transport on DiSNI's own classes over a software device: the contract of all networks, and
 * what RDMA adds: credits, fragments, errors of the device, and that nothing stays behind.
 */
final class RdmaNetworkTest extends NetworkContract {
  private static final long CLUSTER = 77;
  private final CodecRegistry codecs = new CodecRegistry(new Ping.Codec());
  private final List<RdmaNetwork> opened = new ArrayList<>();
  private SoftFabric fabric;
  private RdmaSettings settings = RdmaSettings.forCluster(CLUSTER);
  private IdleMode idleMode = IdleMode.HYBRID;

  @BeforeEach
  void installFabric() throws ReflectiveOperationException {
    fabric = SoftFabric.install();
  }

  /** Runs before the contract closes its networks; closing twice does no harm. */
  @AfterEach
  void nothingStaysBehind() {
    opened.forEach(RdmaNetwork::close);
    assertThat(fabric.registeredRegions()).as("registered regions").isZero();
    assertThat(fabric.openPairs).as("queue pairs").isZero();
    assertThat(fabric.openQueues).as("completion queues").isZero();
    assertThat(fabric.openIds).as("identifiers").isZero();
    assertThat(fabric.domains).as("protection domains").isZero();
    assertThat(fabric.sendsWithoutReceive).as("sends without a credit").isZero();
  }

  @Override
  protected Network network(ThreadLoop loop) {
    RdmaNetwork network = new RdmaNetwork(loop, codecs, settings, idleMode, DisniVerbs.open());
    opened.add(network);
    return network;
  }

  @Override
  protected Address listen(Network network, Address again, MessageHandler handler) {
    network.listen(again == null ? new Address("127.0.0.1", 0) : again, handler);
    return ((RdmaNetwork) network).localAddress();
  }

  private void smallBuffers(int depth) {
    settings = new RdmaSettings(CLUSTER, 2_000, 10, 1_000, 64 << 20, 1024, depth, 16);
  }

  private Address echoServer() {
    return listen(open(serverLoop), null, NetworkContract::echo);
  }

  @ParameterizedTest
  @EnumSource(IdleMode.class)
  void everyIdleModeAnswers(IdleMode mode) throws Exception {
    idleMode = mode;
    Link link = connect(echoServer());
    for (int i = 0; i < 300; i++) {
      send(link, new Ping(i, new byte[i]));
      assertThat(answer().number()).isEqualTo(i);
    }
  }

  @Test
  void fewestCreditsAndSmallestBuffersStillCarryEverythingBothWays() throws Exception {
    smallBuffers(4);
    long seed = 20_26;
    RandomStream random = new RandomStream(seed);
    Link link = connect(echoServer());
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      byte[] payload = new byte[random.nextInt(random.nextInt(8) == 0 ? 200_000 : 3_000)];
      for (int at = 0; at < payload.length; at++) {
        payload[at] = (byte) random.nextInt(256);
      }
      payloads.add(payload);
      send(link, new Ping(i, payload));
    }
    for (int i = 0; i < payloads.size(); i++) {
      Ping answer = answer();
      assertThat(answer.number()).as("seed %d", seed).isEqualTo(i);
      assertThat(answer.payload()).as("seed %d, message %d", seed, i).isEqualTo(payloads.get(i));
    }
  }

  @Test
  void endsOfDifferentSizesAgreeOnTheSmallerBuffers() throws Exception {
    smallBuffers(4);
    Address address = echoServer();
    settings = RdmaSettings.forCluster(CLUSTER);
    Link link = connect(address);
    send(link, new Ping(1, new byte[100_000]));
    assertThat(answer().payload()).hasSize(100_000);
  }

  @Test
  void smallMessagesShareBuffers() throws Exception {
    Address address = echoServer();
    Link link = connect(address);
    send(link, new Ping(-1, new byte[0]));
    answer();
    int before = fabric.messagesMoved;
    clientLoop.execute(() -> {
      for (int i = 0; i < 1000; i++) {
        link.send(new Ping(i, new byte[8]));
      }
    });
    for (int i = 0; i < 1000; i++) {
      assertThat(answer().number()).isEqualTo(i);
    }
    assertThat(fabric.messagesMoved - before).isLessThan(2000);
  }

  @Test
  void flippedBitClosesTheConnectionAndTheNextMessageConnectsAgain() throws Exception {
    Link link = connect(echoServer());
    send(link, new Ping(0, new byte[100]));
    answer();
    // Length, credits and kind of the fragment; length, version, type and checksum of the frame;
    // the body.
    for (int at : new int[] {0, 6, 7, 8, 12, 14, 16, 40}) {
      fabric.corruptNextSendAt(at);
      send(link, new Ping(at, new byte[100]));
      answersAgain(link, 1_000 + at);
    }
    assertThat(answers).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = IbvWcStatus.class,
      names = {"IBV_WC_RETRY_EXC_ERR", "IBV_WC_REM_ACCESS_ERR", "IBV_WC_LOC_PROT_ERR"})
  void failedSendClosesTheConnectionAndTheNextMessageConnectsAgain(IbvWcStatus status)
      throws Exception {
    Link link = connect(echoServer());
    send(link, new Ping(0, new byte[0]));
    answer();
    fabric.failNextSend(status);
    send(link, new Ping(1, new byte[0]));
    answersAgain(link, 2);
  }

  @Test
  void brokenConnectionsAreMadeAnew() throws Exception {
    Link link = connect(echoServer());
    for (int round = 0; round < 20; round++) {
      answersAgain(link, round);
      fabric.breakAll();
    }
    answersAgain(link, 100);
    assertThat(clientLoop.failedTasks() + serverLoop.failedTasks()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = EventType.class,
      names = {
        "RDMA_CM_EVENT_REJECTED",
        "RDMA_CM_EVENT_UNREACHABLE",
        "RDMA_CM_EVENT_CONNECT_ERROR",
        "RDMA_CM_EVENT_DEVICE_REMOVAL"
      })
  void refusedAttemptIsTriedAgain(EventType refusal) throws Exception {
    Link link = connect(echoServer());
    fabric.refuseNext(refusal);
    answersAgain(link, 5);
  }

  @Test
  void peerThatNeverAnswersIsGivenUp() {
    settings = new RdmaSettings(CLUSTER, 50, 10, 1_000, 64 << 20, 1024, 4, 16);
    Address address = echoServer();
    fabric.silenceListeners();
    RdmaNetwork client = (RdmaNetwork) open(clientLoop);
    Link link = client.connect(address, (from, message) -> answers.add(message));
    send(link, new Ping(1, new byte[0]));
    Awaitility.await().until(() -> client.droppedMessages() == 1);
    assertThat(fabric.openPairs).isZero();
  }

  @Test
  void nodeOfAnotherClusterIsRefused() {
    BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    Address address = listen(open(serverLoop), null, (from, message) -> heard.add(message));
    settings = RdmaSettings.forCluster(CLUSTER + 1);
    RdmaNetwork client = (RdmaNetwork) open(clientLoop);
    Link link = client.connect(address, (from, message) -> answers.add(message));
    send(link, new Ping(1, new byte[0]));
    Awaitility.await().until(() -> client.droppedMessages() == 1);
    assertThat(heard).isEmpty();
  }

  @Test
  void peerThatDoesNotReadCostsNoMoreThanTheLimit() throws Exception {
    smallBuffers(4);
    settings = new RdmaSettings(CLUSTER, 2_000, 10, 1_000, 8 << 20, 1024, 4, 16);
    BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    Address address =
        listen(
            open(serverLoop),
            null,
            (from, message) -> {
              heard.add(message);
              from.send(message);
            });
    RdmaNetwork client = (RdmaNetwork) open(clientLoop);
    Link link = client.connect(address, (from, message) -> answers.add(message));
    send(link, new Ping(0, new byte[0]));
    answer();
    fabric.hold();
    CompletableFuture<Void> sent = new CompletableFuture<>();
    clientLoop.execute(() -> {
      for (int i = 1; i <= 20; i++) {
        link.send(new Ping(i, new byte[1 << 20]));
      }
      sent.complete(null);
    });
    sent.get(20, TimeUnit.SECONDS);
    assertThat(client.droppedMessages()).isBetween(11L, 13L);
    fabric.release();
    long rest = 20 - client.droppedMessages();
    for (int i = 1; i <= rest; i++) {
      assertThat(answer().number()).isEqualTo(i);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreRefusedAndTheirPlaceIsFreeAgainLater() throws Exception {
    settings = new RdmaSettings(CLUSTER, 2_000, 10, 1_000, 64 << 20, 1024, 4, 2);
    Address address = echoServer();
    smallBuffers(4);
    Link first = connect(address);
    Network secondClient = open(clientLoop);
    Link second = secondClient.connect(address, (from, message) -> answers.add(message));
    for (Link link : List.of(first, second)) {
      send(link, new Ping(1, new byte[0]));
      answer();
    }
    RdmaNetwork thirdClient = (RdmaNetwork) open(clientLoop);
    Link third = thirdClient.connect(address, (from, message) -> answers.add(message));
    send(third, new Ping(2, new byte[0]));
    Awaitility.await().until(() -> thirdClient.droppedMessages() == 1);
    secondClient.close();
    answersAgain(third, 3);
  }

  @Test
  void addressInUseIsAnErrorThatNamesIt() {
    Address address = echoServer();
    assertThatThrownBy(() -> listen(open(serverLoop), address, NetworkContract::echo))
        .hasMessageContaining("cannot listen on " + address);
  }

  /** Sends until an answer of that number is there; what else comes is older. */
  private void answersAgain(Link link, int number) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> {
          send(link, new Ping(number, new byte[0]));
          Message answer = answers.poll(20, TimeUnit.MILLISECONDS);
          while (answer != null && ((Ping) answer).number() != number) {
            answer = answers.poll();
          }
          return answer != null;
        });
    Awaitility.await()
        .pollDelay(Duration.ofMillis(30))
        .until(() -> {
          Message late = answers.poll(10, TimeUnit.MILLISECONDS);
          return late == null;
        });
  }
}
