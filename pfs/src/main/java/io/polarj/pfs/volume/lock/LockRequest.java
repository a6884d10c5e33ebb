package io.polarj.pfs.volume.lock;

/**
 * What a host wants of the lock.
 *
 * @param takeOver take the volume off an owner that lives; otherwise that one's name is the answer
 * @param newestEpochIsMine the device writes under an epoch that was just granted to this host
 *     alone: whoever wrote the lock under an older one is dead, and nobody's lease is waited for
 */
public record LockRequest(
    HostIdentity host, boolean takeOver, boolean newestEpochIsMine, LockSettings settings) {
  /** Waits for nobody that lives. */
  public static LockRequest polite(HostIdentity host, LockSettings settings) {
    return new LockRequest(host, false, false, settings);
  }

  /** Has the epoch raised first and takes the volume over. */
  public static LockRequest takingOver(HostIdentity host, LockSettings settings) {
    return new LockRequest(host, true, false, settings);
  }

  /** For the holder of an epoch that was granted to it just now. */
  public static LockRequest withNewEpoch(HostIdentity host, LockSettings settings) {
    return new LockRequest(host, true, true, settings);
  }
}
