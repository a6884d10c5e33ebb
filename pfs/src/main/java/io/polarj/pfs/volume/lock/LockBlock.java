package io.polarj.pfs.volume.lock;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One host's block in the paxos file. Only that host writes it, every time with a higher
 * generation, to two sectors in turn: a torn write leaves the state before it. On the volume:
 *
 * <pre>
 * u64 magic, u64 volume id, u64 own offset, u32 slot, u64 incarnation (0: nobody uses the slot),
 * u64 generation, u64 epoch, u32 lease in ms, u64 term, u64 ballot, u64 accepted ballot,
 * u32 + u64 accepted owner, u64 decided term, u32 + u64 decided owner, u64 released term, string name,
 * u32 crc32c of all before
 * </pre>
 *
 * <p>{@code term}: the instance of consensus that {@code ballot}, {@code accepted} and {@code
 * value} belong to; there is one per change of the owner. {@code decidedTerm}: the newest whose
 * outcome the host knows. {@code releasedTerm}: the newest that it held and gave back.
 */
record LockBlock(
    int slot,
    long incarnation,
    long generation,
    long epoch,
    int leaseMillis,
    String name,
    long term,
    long ballot,
    long accepted,
    LockOwner value,
    long decidedTerm,
    LockOwner decidedOwner,
    long releasedTerm) {
  private static final long MAGIC = 0x3130584150534650L; // "PFSPAX01"

  /** A slot that nobody has used yet. */
  static LockBlock unused(int slot) {
    return new LockBlock(slot, 0, 0, 0, 0, "", 0, 0, 0, LockOwner.NONE, 0, LockOwner.NONE, 0);
  }

  LockOwner identity() {
    return new LockOwner(slot, incarnation);
  }

  /** The slot in the hands of a host; what it promised before stays promised. */
  LockBlock claimedBy(String host, long newIncarnation, int lease) {
    return new LockBlock(
        slot,
        newIncarnation,
        generation,
        epoch,
        lease,
        host,
        term,
        ballot,
        accepted,
        value,
        decidedTerm,
        decidedOwner,
        releasedTerm);
  }

  /** The next state of the block as it goes to the volume. */
  LockBlock written(long underEpoch) {
    return new LockBlock(
        slot,
        incarnation,
        generation + 1,
        underEpoch,
        leaseMillis,
        name,
        term,
        ballot,
        accepted,
        value,
        decidedTerm,
        decidedOwner,
        releasedTerm);
  }

  LockBlock voting(long newTerm, long newBallot, long newAccepted, LockOwner newValue) {
    return new LockBlock(
        slot,
        incarnation,
        generation,
        epoch,
        leaseMillis,
        name,
        newTerm,
        newBallot,
        newAccepted,
        newValue,
        decidedTerm,
        decidedOwner,
        releasedTerm);
  }

  LockBlock decided(long newTerm, LockOwner owner) {
    return new LockBlock(
        slot,
        incarnation,
        generation,
        epoch,
        leaseMillis,
        name,
        term,
        ballot,
        accepted,
        value,
        newTerm,
        owner,
        releasedTerm);
  }

  /** Nobody uses the slot any more; {@code heldTerm}: what was held until now, or 0. */
  LockBlock released(long heldTerm) {
    return new LockBlock(
        slot,
        0,
        generation,
        epoch,
        leaseMillis,
        name,
        term,
        ballot,
        accepted,
        value,
        decidedTerm,
        decidedOwner,
        Math.max(releasedTerm, heldTerm));
  }

  byte[] encode(long volumeId) {
    MessageWriter out = new MessageWriter(LockArea.SECTOR);
    out.putLong(MAGIC).putLong(volumeId).putLong(LockArea.offsetOf(slot, generation)).putInt(slot);
    out.putLong(incarnation).putLong(generation).putLong(epoch).putInt(leaseMillis);
    out.putLong(term).putLong(ballot).putLong(accepted);
    out.putInt(value.slot()).putLong(value.incarnation());
    out.putLong(decidedTerm).putInt(decidedOwner.slot()).putLong(decidedOwner.incarnation());
    out.putLong(releasedTerm).putString(name);
    out.putInt(crc(out.array(), out.length()));
    return Arrays.copyOf(out.toByteArray(), LockArea.SECTOR);
  }

  /** The block in a sector, or null when it is none of that volume and place, or was torn. */
  static LockBlock decode(byte[] sector, long volumeId, long offset) {
    MessageReader in = new MessageReader(sector);
    if (in.getLong() != MAGIC || in.getLong() != volumeId || in.getLong() != offset) {
      return null;
    }
    try {
      int slot = in.getInt();
      long incarnation = in.getLong();
      long generation = in.getLong();
      long epoch = in.getLong();
      int lease = in.getInt();
      long term = in.getLong();
      long ballot = in.getLong();
      long accepted = in.getLong();
      LockOwner value = new LockOwner(in.getInt(), in.getLong());
      long decidedTerm = in.getLong();
      LockOwner decidedOwner = new LockOwner(in.getInt(), in.getLong());
      long releasedTerm = in.getLong();
      String name = in.getString();
      boolean intact =
          in.getInt() == crc(sector, in.position() - 4)
              && slot >= 1
              && slot <= LockArea.SLOTS
              && LockArea.offsetOf(slot, generation) == offset;
      return intact
          ? new LockBlock(
              slot,
              incarnation,
              generation,
              epoch,
              lease,
              name,
              term,
              ballot,
              accepted,
              value,
              decidedTerm,
              decidedOwner,
              releasedTerm)
          : null;
    } catch (MalformedMessageException torn) {
      return null;
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
