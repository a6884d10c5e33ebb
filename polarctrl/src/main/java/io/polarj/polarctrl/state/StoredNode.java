package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;

/** A ChunkServer that once reported. */
public record StoredNode(int node, Address address, String failureDomain) {}
