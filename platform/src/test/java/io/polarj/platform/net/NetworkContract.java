package io.polarj.platform.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.loop.ThreadLoop;
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

/** What every {@link Network} of the real platform owes; each transport runs the whole of it. */
public abstract class NetworkContract {
  protected ThreadLoop serverLoop;
  protected ThreadLoop clientLoop;
  private final List<Network> networks = new ArrayList<>();
  protected final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();

  /** A network of a node on that loop; all of one test reach each other. */
  protected abstract Network network(ThreadLoop loop);

  /** Listens somewhere free, or at an address that an earlier call gave. */
  protected abstract Address listen(Network network, Address again, MessageHandler handler);

  @BeforeEach
  void startLoops() {
    serverLoop = ThreadLoop.start("server");
    clientLoop = ThreadLoop.start("client");
  }

  @AfterEach
  void closeAll() {
    networks.forEach(Network::close);
    serverLoop.close();
    clientLoop.close();
  }

  protected final Network open(ThreadLoop loop) {
    Network network = network(loop);
    networks.add(network);
    return network;
  }

  protected final Link connect(Address address) {
    return open(clientLoop).connect(address, (from, message) -> answers.add(message));
  }

  protected final void send(Link link, Message message) {
    clientLoop.execute(() -> link.send(message));
  }

  protected static void echo(Link from, Message message) {
    from.send(message);
  }

  @Test
  void messagesArriveInOrderOnTheListenersLoopAndAnswersComeBackOnTheCallers() throws Exception {
    BlockingQueue<Boolean> onServerLoop = new LinkedBlockingQueue<>();
    Address address =
        listen(
            open(serverLoop),
            null,
            (from, message) -> {
              onServerLoop.add(serverLoop.inLoop());
              from.send(message);
            });
    CompletableFuture<Boolean> onClientLoop = new CompletableFuture<>();
    Link link =
        open(clientLoop)
            .connect(
                address,
                (from, message) -> {
                  onClientLoop.complete(clientLoop.inLoop());
                  answers.add(message);
                });
    assertThat(link.remote()).isEqualTo(address);
    int count = 2000;
    for (int i = 0; i < count; i++) {
      send(link, new Ping(i, new byte[i % 50]));
    }
    for (int i = 0; i < count; i++) {
      Ping answer = answer();
      assertThat(answer.number()).isEqualTo(i);
      assertThat(answer.payload()).hasSize(i % 50);
    }
    assertThat(onServerLoop).hasSize(count).doesNotContain(false);
    assertThat(onClientLoop.get()).isTrue();
  }

  @Test
  void largePayloadArrivesWhole() throws Exception {
    Address address = listen(open(serverLoop), null, NetworkContract::echo);
    byte[] payload = new byte[4 << 20];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 31 + (i >>> 12));
    }
    send(connect(address), new Ping(1, payload));
    assertThat(answer().payload()).isEqualTo(payload);
  }

  @Test
  void everyClientGetsItsOwnAnswers() throws Exception {
    Address address = listen(open(serverLoop), null, NetworkContract::echo);
    Link first = connect(address);
    BlockingQueue<Message> others = new LinkedBlockingQueue<>();
    Link second = open(clientLoop).connect(address, (from, message) -> others.add(message));
    send(first, new Ping(1, new byte[0]));
    send(second, new Ping(2, new byte[0]));
    assertThat(answer().number()).isEqualTo(1);
    Ping other = (Ping) others.poll(20, TimeUnit.SECONDS);
    assertThat(other.number()).isEqualTo(2);
  }

  @Test
  void linkFindsItsPeerAgainAfterThePeerRestarted() throws Exception {
    Network before = open(serverLoop);
    Address address = listen(before, null, NetworkContract::echo);
    Link link = connect(address);
    send(link, new Ping(1, new byte[0]));
    assertThat(answer().number()).isEqualTo(1);
    before.close();
    send(link, new Ping(2, new byte[0]));
    listen(open(serverLoop), address, NetworkContract::echo);
    Awaitility.await()
        .pollDelay(java.time.Duration.ZERO)
        .pollInterval(java.time.Duration.ofMillis(20))
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> {
          send(link, new Ping(3, new byte[0]));
          Message answer = answers.poll(20, TimeUnit.MILLISECONDS);
          return answer instanceof Ping ping && ping.number() == 3;
        });
  }

  @Test
  void messageToNobodyIsDroppedWithoutHarm() throws Exception {
    Network gone = open(serverLoop);
    Address address = listen(gone, null, NetworkContract::echo);
    gone.close();
    Link link = connect(address);
    send(link, new Ping(1, new byte[0]));
    CompletableFuture<Boolean> loopLives = new CompletableFuture<>();
    clientLoop.execute(() -> loopLives.complete(true));
    assertThat(loopLives.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(clientLoop.failedTasks()).isZero();
  }

  @Test
  void answerToAClientThatIsGoneIsDroppedWithoutHarm() throws Exception {
    CompletableFuture<Link> fromClient = new CompletableFuture<>();
    Address address = listen(open(serverLoop), null, (from, message) -> fromClient.complete(from));
    Network client = open(clientLoop);
    Link link = client.connect(address, (from, message) -> answers.add(message));
    send(link, new Ping(1, new byte[0]));
    Link back = fromClient.get(20, TimeUnit.SECONDS);
    client.close();
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    serverLoop.execute(() -> {
      back.send(new Ping(2, new byte[0]));
      sent.complete(true);
    });
    assertThat(sent.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(serverLoop.failedTasks()).isZero();
    assertThat(answers).isEmpty();
  }

  protected final Ping answer() throws InterruptedException {
    Message message = answers.poll(20, TimeUnit.SECONDS);
    assertThat(message).as("an answer within 20 s").isInstanceOf(Ping.class);
    return (Ping) message;
  }
}
