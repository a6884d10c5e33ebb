package io.polarj.platform.net.rdma;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory registered with devices, in pieces of one connection each: a piece goes back when its
 * connection has ended and serves the next one, and there are never more than the limit. On the
 * transport's loop.
 */
final class RegisteredPool {
  private static final Logger LOG = LoggerFactory.getLogger(RegisteredPool.class);
  private static final int PAGE_BYTES = 4096;
  private final Arena arena = Arena.ofShared();
  private final long pieceBytes;
  private final int limit;
  private final List<Piece> all = new ArrayList<>();
  private final Map<Verbs.Device, ArrayDeque<Piece>> free = new IdentityHashMap<>();

  RegisteredPool(long pieceBytes, int limit) {
    this.pieceBytes = pieceBytes;
    this.limit = limit;
  }

  /** Memory of one connection. */
  record Piece(Verbs.Device device, Verbs.Region region, long address, ByteBuffer bytes) {}

  Piece take(Verbs.Device device) throws IOException {
    Piece used = free.computeIfAbsent(device, key -> new ArrayDeque<>()).poll();
    if (used != null) {
      return used;
    }
    if (all.size() >= limit) {
      throw new IOException("all " + limit + " connections that may be are in use");
    }
    MemorySegment memory = arena.allocate(pieceBytes, PAGE_BYTES);
    Piece made =
        new Piece(
            device,
            device.register(memory),
            memory.address(),
            memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    all.add(made);
    return made;
  }

  void giveBack(Piece piece) {
    free.get(piece.device()).add(piece);
  }

  int inUse() {
    return all.size() - free.values().stream().mapToInt(ArrayDeque::size).sum();
  }

  /** After every connection has ended. */
  void close() {
    for (Piece piece : all) {
      try {
        piece.region().deregister();
      } catch (IOException e) {
        LOG.warn("RDMA memory was not deregistered: {}", e.getMessage());
      }
    }
    all.clear();
    free.clear();
    arena.close();
  }
}
