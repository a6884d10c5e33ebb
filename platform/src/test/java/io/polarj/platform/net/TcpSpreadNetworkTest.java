package io.polarj.platform.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.loop.ThreadLoop;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The contract over links of several connections, and what those are for. */
final class TcpSpreadNetworkTest extends NetworkContract {
  private static final int CONNECTIONS = 4;
  private static final int BULK_BYTES = 4 << 20;
  private final CodecRegistry codecs = new CodecRegistry(new Ping.Codec());

  @Override
  protected Network network(ThreadLoop loop) {
    return new TcpNetwork(loop, codecs, TcpSettings.forCluster(77).withConnections(CONNECTIONS));
  }

  @Override
  protected Address listen(Network network, Address again, MessageHandler handler) {
    network.listen(again == null ? new Address("127.0.0.1", 0) : again, handler);
    return ((TcpNetwork) network).localAddress();
  }

  @Test
  void largeMessagesArriveOnceEachWhateverTheirOrder() throws Exception {
    Address address = listen(open(serverLoop), null, NetworkContract::echo);
    Link link = connect(address);
    int count = 200;
    for (int i = 0; i < count; i++) {
      send(link, new Ping(i, new byte[20_000 + i]));
    }
    TreeSet<Long> numbers = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      Ping answer = answer();
      assertThat(answer.payload()).hasSize(20_000 + (int) answer.number());
      assertThat(numbers.add((long) answer.number())).isTrue();
    }
    assertThat(answers).isEmpty();
  }

  @Test
  void smallMessageIsNotStuckBehindBulkThatThePeerDoesNotReadAndBulkIsBounded() throws Exception {
    try (ServerSocket peer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      peer.setSoTimeout(20_000);
      TcpNetwork client = (TcpNetwork) open(clientLoop);
      Link link =
          client.connect(new Address("127.0.0.1", peer.getLocalPort()), (from, message) -> {});
      Socket[] stuck = new Socket[CONNECTIONS - 1];
      for (int i = 0; i < stuck.length; i++) {
        send(link, new Ping(i, new byte[BULK_BYTES]));
        stuck[i] = peer.accept(); // and never read
      }
      for (int i = 0; i < 40; i++) {
        send(link, new Ping(100 + i, new byte[BULK_BYTES]));
      }
      send(link, new Ping(7, new byte[3]));
      try (Socket first = peer.accept()) {
        first.setSoTimeout(20_000);
        DataInputStream in = new DataInputStream(first.getInputStream());
        in.readNBytes(Frames.HELLO_BYTES);
        int length = Integer.reverseBytes(in.readInt());
        assertThat(length).isLessThan(100);
        assertThat(in.readNBytes(length)).hasSize(length);
      }
      assertThat(client.droppedMessages()).as("172 MiB do not wait").isPositive();
      for (Socket socket : stuck) {
        socket.close();
      }
    }
  }
}
