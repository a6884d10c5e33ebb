package io.polarj.pfs.volume.lock;

import java.nio.charset.StandardCharsets;

/** A host: its number, which is its slot in the paxos file, and its name for people. */
public record HostIdentity(int id, String name) {
  static final int NAME_BYTES = 200;

  public HostIdentity {
    if (id < 1 || id > LockArea.SLOTS) {
      throw new IllegalArgumentException(
          "host id " + id + ": a volume has room for the hosts 1 to " + LockArea.SLOTS);
    }
    if (name.isBlank() || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
      throw new IllegalArgumentException(
          "a host's name has 1 to " + NAME_BYTES + " bytes, not '" + name + "'");
    }
  }
}
