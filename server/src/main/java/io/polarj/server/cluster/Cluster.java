package io.polarj.server.cluster;

import java.util.List;

/** A running cluster, in one process or many. */
public interface Cluster extends AutoCloseable {
  /** A line per role: what it is, and its address. */
  List<String> endpoints();

  @Override
  void close();
}
