package io.polarj.server.config;

/** What carries the messages between processes. */
public enum Transport {
  TCP,
  /** On machines that have it; see the README of module platform. */
  RDMA;

  /** Reads the setting's spelling: {@code tcp} or {@code rdma}. */
  public static Transport parse(String text) {
    return switch (text) {
      case "tcp" -> TCP;
      case "rdma" -> RDMA;
      default -> throw new IllegalArgumentException("transport '" + text + "': say tcp or rdma");
    };
  }
}
