package io.polarj.server.cluster;

import io.polarj.server.config.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * The MySQL ports of a cluster: the primary's, then one per replica, then the primary's read-only
 * one.
 *
 * @param readers how many replicas
 */
public record Ports(String host, int primary, int readers) {
  public Ports {
    if (primary < 1 || primary + readers + 1 > 65535) {
      throw new StartException("port " + primary + " leaves no room for " + readers + " replicas");
    }
  }

  /** Replicas are numbered from 1. */
  public int replica(int number) {
    return primary + number;
  }

  public int readOnlyPrimary() {
    return primary + readers + 1;
  }

  /** Fails with the port's name when one is taken, before anything is started. */
  public void checkFree() {
    for (int port = primary; port <= readOnlyPrimary(); port++) {
      checkFree(host, port, "choose others with --port");
    }
  }

  static void checkFree(String host, int port, String wayOut) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new StartException(
          "port " + port + " on " + host + " is taken (" + e.getMessage() + "); " + wayOut, e);
    }
  }
}
