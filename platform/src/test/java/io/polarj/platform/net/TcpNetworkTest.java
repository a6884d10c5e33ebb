package io.polarj.platform.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.polarj.platform.loop.ThreadLoop;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TcpNetworkTest extends NetworkContract {
  private static final long CLUSTER = 77;
  private final CodecRegistry codecs = new CodecRegistry(new Ping.Codec());
  private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();

  @Override
  protected Network network(ThreadLoop loop) {
    return new TcpNetwork(loop, codecs, TcpSettings.forCluster(CLUSTER));
  }

  @Override
  protected Address listen(Network network, Address again, MessageHandler handler) {
    network.listen(again == null ? new Address("127.0.0.1", 0) : again, handler);
    return ((TcpNetwork) network).localAddress();
  }

  @Test
  void goodFrameOverARawSocketIsHeard() throws Exception {
    byte[] answer = talk(hello(CLUSTER), frame());
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isInstanceOf(Ping.class);
    assertThat(answer).hasSizeGreaterThanOrEqualTo(Frames.HELLO_BYTES);
  }

  @Test
  void strangerIsRefused() throws Exception {
    assertThat(talkUntilClosed("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes())).isEmpty();
    assertThat(heard).isEmpty();
  }

  @Test
  void nodeOfAnotherClusterIsRefused() throws Exception {
    assertThat(talkUntilClosed(hello(CLUSTER + 1), frame())).isEmpty();
    assertThat(heard).isEmpty();
  }

  @Test
  void flippedBitInAFrameClosesTheConnection() throws Exception {
    byte[] good = frame();
    for (int at = 4; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      talkUntilClosed(hello(CLUSTER), bad);
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void lengthBeyondTheLimitClosesTheConnectionBeforeAnythingIsAllocated() throws Exception {
    byte[] bad = frame();
    Unpooled.wrappedBuffer(bad).setIntLE(0, Integer.MAX_VALUE);
    talkUntilClosed(hello(CLUSTER), bad);
    Unpooled.wrappedBuffer(bad).setIntLE(0, -5);
    talkUntilClosed(hello(CLUSTER), bad);
    assertThat(heard).isEmpty();
  }

  @Test
  void codecsOfOneRangeAndUnknownMessagesAreRefused() {
    assertThatThrownBy(() -> new CodecRegistry(new Ping.Codec(), new Ping.Codec()))
        .hasMessageContaining("share");
    assertThatThrownBy(
            () -> new CodecRegistry().encode(new Ping(1, new byte[0]), new MessageWriter()))
        .hasMessageContaining("no codec for io.polarj.platform.net.Ping");
    assertThatThrownBy(() -> new CodecRegistry().decode(7, new MessageReader(new byte[0])))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void portInUseIsAnErrorThatNamesTheAddress() {
    Address address = listen(open(serverLoop), null, NetworkContract::echo);
    assertThatThrownBy(() -> listen(open(serverLoop), address, NetworkContract::echo))
        .hasMessageContaining("cannot listen on " + address);
  }

  private byte[] hello(long cluster) {
    return bytes(Frames.hello(UnpooledByteBufAllocator.DEFAULT, cluster));
  }

  private byte[] frame() {
    return bytes(
        new Frames(codecs)
            .encode(new Ping(5, new byte[] {1, 2, 3}), UnpooledByteBufAllocator.DEFAULT));
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    return bytes;
  }

  private Socket connectRaw(byte[]... parts) throws Exception {
    Address address = server();
    Socket socket = new Socket(address.host(), address.port());
    socket.setSoTimeout(20_000);
    for (byte[] part : parts) {
      socket.getOutputStream().write(part);
    }
    return socket;
  }

  private Address server;

  private Address server() {
    if (server == null) {
      server = listen(open(serverLoop), null, (from, message) -> heard.add(message));
    }
    return server;
  }

  private byte[] talk(byte[]... parts) throws Exception {
    try (Socket socket = connectRaw(parts)) {
      return socket.getInputStream().readNBytes(Frames.HELLO_BYTES);
    }
  }

  /** What the server sent before it closed; a read that times out fails the test. */
  private byte[] talkUntilClosed(byte[]... parts) throws Exception {
    try (Socket socket = connectRaw(parts)) {
      return socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException reset) {
      return new byte[0];
    }
  }
}
