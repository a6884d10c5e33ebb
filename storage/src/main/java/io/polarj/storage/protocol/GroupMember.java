package io.polarj.storage.protocol;

import io.polarj.platform.net.Address;
import java.util.Objects;

/** A ChunkServer that holds a replica of a chunk. Node numbers are unique in a cluster, above 0. */
public record GroupMember(int node, Address address) {
  public GroupMember {
    if (node <= 0) {
      throw new IllegalArgumentException("node number " + node + " is not above 0");
    }
    Objects.requireNonNull(address, "address");
  }
}
