/**
 * Who mounts a volume read-write: DiskPaxos over the blocks of the volume's paxos file, with a
 * lease. {@link io.polarj.pfs.volume.lock.VolumeLock} is the way in; the protocol is sans-I/O.
 */
package io.polarj.pfs.volume.lock;
