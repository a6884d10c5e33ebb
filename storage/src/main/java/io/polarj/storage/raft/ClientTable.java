package io.polarj.storage.raft;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which requests are decided, the highest fencing epoch, and which snapshots there are: folded from
 * decided entries in index order by every replica, and kept in snapshots (laws S6, S7). Folding an
 * entry again changes nothing. Clients of an older epoch than the newest are forgotten: they can
 * not write any more.
 */
final class ClientTable {
  private static final int FORMAT = 2;

  private final TreeMap<Long, Client> clients = new TreeMap<>();
  private long epoch;
  private SnapshotSet snapshots = SnapshotSet.NONE;

  private static final class Client {
    long epoch;
    long settledBelow;
    final TreeSet<Long> decided = new TreeSet<>();
  }

  enum Seen {
    NEW,
    DONE,
    STALE
  }

  long epoch() {
    return epoch;
  }

  SnapshotSet snapshots() {
    return snapshots;
  }

  Seen seen(RequestId request) {
    Client client = clients.get(request.client());
    if (client == null) {
      return Seen.NEW;
    }
    if (request.sequence() < client.settledBelow) {
      return Seen.STALE;
    }
    return client.decided.contains(request.sequence()) ? Seen.DONE : Seen.NEW;
  }

  void fold(EntryHeader entry) {
    if (entry.kind() == EntryKind.NOOP) {
      return;
    }
    snapshots = snapshots.after(entry);
    if (entry.epoch() > epoch) {
      epoch = entry.epoch();
      clients.values().removeIf(client -> client.epoch < epoch);
    }
    if (entry.kind().changesBytes() && entry.epoch() == epoch) {
      Client client = clients.computeIfAbsent(entry.request().client(), id -> new Client());
      client.epoch = Math.max(client.epoch, entry.epoch());
      client.settledBelow = Math.max(client.settledBelow, entry.request().settledBelow());
      if (entry.request().sequence() >= client.settledBelow) {
        client.decided.add(entry.request().sequence());
      }
      client.decided.headSet(client.settledBelow).clear();
    }
  }

  byte[] encode() {
    return encode(snapshots);
  }

  /** With other snapshots: those there were after an entry before the newest one. */
  byte[] encode(SnapshotSet known) {
    MessageWriter out = new MessageWriter(64);
    out.putInt(0).putByte(FORMAT).putLong(epoch).putInt(clients.size());
    for (Map.Entry<Long, Client> entry : clients.entrySet()) {
      Client client = entry.getValue();
      out.putLong(entry.getKey()).putLong(client.epoch).putLong(client.settledBelow);
      out.putInt(client.decided.size());
      client.decided.forEach(out::putLong);
    }
    known.encode(out);
    byte[] bytes = out.toByteArray();
    MessageWriter crc = new MessageWriter(4);
    crc.putInt(LogEntry.crcOf(java.util.Arrays.copyOfRange(bytes, 4, bytes.length)));
    System.arraycopy(crc.array(), 0, bytes, 0, 4);
    return bytes;
  }

  /** An empty array is an empty table; anything else must be what {@link #encode} made. */
  static ClientTable decode(byte[] bytes) {
    ClientTable table = new ClientTable();
    if (bytes.length == 0) {
      return table;
    }
    MessageReader in = new MessageReader(bytes);
    int crc = in.getInt();
    if (crc != LogEntry.crcOf(java.util.Arrays.copyOfRange(bytes, 4, bytes.length))) {
      throw new MalformedMessageException("client table fails its checksum");
    }
    int format = in.getByte();
    if (format != FORMAT && format != 1) {
      throw new MalformedMessageException("client table of unknown format " + format);
    }
    table.epoch = in.getLong();
    int count = in.getCount(28);
    for (int i = 0; i < count; i++) {
      Client client = new Client();
      table.clients.put(in.getLong(), client);
      client.epoch = in.getLong();
      client.settledBelow = in.getLong();
      int decided = in.getCount(8);
      for (int k = 0; k < decided; k++) {
        client.decided.add(in.getLong());
      }
    }
    if (format == FORMAT) { // 1 knew no snapshots
      table.snapshots = SnapshotSet.decode(in);
    }
    return table;
  }
}
