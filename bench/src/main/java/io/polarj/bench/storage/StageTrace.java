package io.polarj.bench.storage;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import io.polarj.storage.chunkserver.PeerBundle;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.raft.RaftMessage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * When a ChunkServer heard, sent, wrote and flushed: seen at the borders of its sans-I/O classes,
 * its network and its device, so that nothing in them is changed. {@code System.nanoTime} counts
 * from the same moment in all processes of a machine. On the server's loop alone.
 */
final class StageTrace {
  private static final int MOST = 1 << 20;

  /** What can be seen of a request. */
  enum Event {
    REQUEST_IN,
    APPEND_OUT,
    APPEND_IN,
    LOG_WRITE,
    LOG_WRITTEN,
    FLUSH,
    FLUSHED,
    ACK_OUT,
    ACK_IN,
    REPLY_OUT
  }

  private final long[] times = new long[MOST];
  private final byte[] events = new byte[MOST];
  private int count;

  void clear() {
    count = 0;
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(count);
    for (int i = 0; i < count; i++) {
      out.writeLong(times[i]);
      out.writeByte(events[i]);
    }
  }

  private void note(Event event) {
    if (count < MOST) {
      times[count] = System.nanoTime();
      events[count++] = (byte) event.ordinal();
    }
  }

  Network watch(Network network) {
    return new Network() {
      @Override
      public void listen(Address address, MessageHandler handler) {
        network.listen(address, watch(handler));
      }

      @Override
      public Link connect(Address peer, MessageHandler answers) {
        return watch(network.connect(peer, watch(answers)));
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }

  private MessageHandler watch(MessageHandler handler) {
    return (from, message) -> {
      switch (message) {
        case WriteRequest request -> note(Event.REQUEST_IN);
        case ReadRequest request -> note(Event.REQUEST_IN);
        case PeerBundle bundle -> {
          if (has(bundle, RaftMessage.Append.class)) {
            note(Event.APPEND_IN);
          }
          if (has(bundle, RaftMessage.AppendAck.class)) {
            note(Event.ACK_IN);
          }
        }
        default -> {}
      }
      handler.onMessage(watch(from), message);
    };
  }

  private Link watch(Link link) {
    return new Link() {
      @Override
      public Address remote() {
        return link.remote();
      }

      @Override
      public void send(Message message) {
        switch (message) {
          case WriteReply reply -> note(Event.REPLY_OUT);
          case ReadReply reply -> note(Event.REPLY_OUT);
          case PeerBundle bundle -> {
            if (has(bundle, RaftMessage.Append.class)) {
              note(Event.APPEND_OUT);
            }
            if (has(bundle, RaftMessage.AppendAck.class)) {
              note(Event.ACK_OUT);
            }
          }
          default -> {}
        }
        link.send(message);
      }
    };
  }

  private static boolean has(PeerBundle bundle, Class<? extends RaftMessage> type) {
    return bundle.messages().stream().anyMatch(type::isInstance);
  }

  /** {@code logFrom} to {@code logTo}: where on the device the log is. */
  BlockDevice watch(BlockDevice device, long logFrom, long logTo) {
    return new BlockDevice() {
      @Override
      public long size() {
        return device.size();
      }

      @Override
      public void read(long offset, ByteBuffer target, IoCallback done) {
        device.read(offset, target, done);
      }

      @Override
      public void write(long offset, ByteBuffer source, IoCallback done) {
        boolean log = offset >= logFrom && offset < logTo;
        if (!log) {
          device.write(offset, source, done);
          return;
        }
        note(Event.LOG_WRITE);
        device.write(
            offset,
            source,
            error -> {
              note(Event.LOG_WRITTEN);
              done.completed(error);
            });
      }

      @Override
      public void flush(IoCallback done) {
        note(Event.FLUSH);
        device.flush(error -> {
          note(Event.FLUSHED);
          done.completed(error);
        });
      }

      @Override
      public void close() {
        device.close();
      }
    };
  }
}
