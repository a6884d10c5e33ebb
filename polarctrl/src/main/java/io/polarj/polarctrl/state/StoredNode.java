package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;
import java.util.Objects;

/**
 * A ChunkServer that once reported.
 *
 * @param drainTotal replicas it had when it was decommissioned, for telling the progress
 */
public record StoredNode(
    int node, Address address, String failureDomain, NodeAdmin admin, int drainTotal) {
  public StoredNode {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(failureDomain, "failureDomain");
    Objects.requireNonNull(admin, "admin");
  }

  public StoredNode(int node, Address address, String failureDomain) {
    this(node, address, failureDomain, NodeAdmin.IN_SERVICE, 0);
  }

  StoredNode withAdmin(NodeAdmin changed, int total) {
    return new StoredNode(node, address, failureDomain, changed, total);
  }

  StoredNode at(Address newAddress, String newDomain) {
    return new StoredNode(node, newAddress, newDomain, admin, drainTotal);
  }
}
