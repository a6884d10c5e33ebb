package io.polarj.server.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Free ports for a cluster under test: the block from the base on, and the internal ones a hundred
 * above.
 */
public final class TestPorts {
  private static final int[] OFFSETS = {0, 1, 2, 3, 4, 100, 101, 102, 103, 180, 181};

  private TestPorts() {}

  public static int freeBase() throws IOException {
    for (int base = 21_000; base < 32_000; base += 300) {
      if (free(base)) {
        return base;
      }
    }
    throw new IOException("no free block of ports");
  }

  private static boolean free(int base) {
    for (int offset : OFFSETS) {
      try (ServerSocket socket =
          new ServerSocket(base + offset, 1, InetAddress.getLoopbackAddress())) {
        socket.setReuseAddress(true);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
