package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.DeleteChunk;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas that their groups do without. Each is deleted when its node is there, and while the
 * chunk's leader says that it is neither a voter nor a learner; nothing else is ever deleted.
 */
final class LeftoverTable {
  private static final Logger LOG = LoggerFactory.getLogger(LeftoverTable.class);
  private static final long RETRY_NANOS = 5_000_000_000L;
  private static final int MOST_AT_ONCE = 16;

  /** For so long a replica must be no member before it counts as left over. */
  private static final long STRAY_NANOS = 60_000_000_000L;

  private record Stray(ChunkId chunk, int node, long generation) {}

  private static final class Entry {
    final Leftover leftover;
    long requestId;
    long dueNanos;
    boolean warned;

    Entry(Leftover leftover, long dueNanos) {
      this.leftover = leftover;
      this.dueNanos = dueNanos;
    }
  }

  private final NodeTable nodes;
  private final ReportTable reports;
  private final ControlCalls calls;
  private final CtrlStore store;
  private final BiConsumer<Address, StorageMessage> send;
  private final TreeMap<ChunkId, TreeMap<Integer, Entry>> entries = new TreeMap<>();
  private final TreeMap<Long, Entry> asked = new TreeMap<>();
  private final LinkedHashMap<Stray, Long> strays = new LinkedHashMap<>();
  private long nowNanos;

  LeftoverTable(ControlParts parts, BiConsumer<Address, StorageMessage> send) {
    this.nodes = parts.nodes();
    this.reports = parts.reports();
    this.calls = parts.calls();
    this.store = parts.store();
    this.send = send;
  }

  void restore(List<Leftover> leftovers) {
    leftovers.forEach(this::add);
  }

  /** One that is in the store already. */
  void add(Leftover leftover) {
    entries
        .computeIfAbsent(leftover.chunk(), chunk -> new TreeMap<>())
        .put(leftover.node(), new Entry(leftover, nowNanos));
  }

  /**
   * Looks for replicas that are no members, though nobody recorded them as left over: made by a
   * message that came late, or in a database that was lost. To be called about once a second for
   * every chunk that no plan works on.
   */
  void look(ChunkHealth.Assessment chunk, long now) {
    if (!chunk.changeable()) {
      return;
    }
    for (var found : reports.replicas(chunk.chunk()).entrySet()) {
      int node = found.getKey();
      boolean member = chunk.voters().contains(node) || chunk.learners().contains(node);
      if (member || has(chunk.chunk(), node)) {
        continue;
      }
      Stray stray = new Stray(chunk.chunk(), node, found.getValue().report().generation());
      long since = strays.computeIfAbsent(stray, key -> now);
      if (now - since >= STRAY_NANOS) {
        strays.remove(stray);
        Leftover leftover = new Leftover(stray.chunk(), node, stray.generation());
        store.save(new StoreChange().leftover(leftover));
        add(leftover);
        LOG.info(
            "chunk {}: the replica on node {} is no member: it is deleted", stray.chunk(), node);
      }
    }
  }

  /** The chunk is being worked on: what is no member now may become one. */
  void overlook(ChunkId chunk) {
    strays.keySet().removeIf(stray -> stray.chunk().equals(chunk));
  }

  boolean has(ChunkId chunk, int node) {
    TreeMap<Integer, Entry> ofChunk = entries.get(chunk);
    return ofChunk != null && ofChunk.containsKey(node);
  }

  int count() {
    return entries.values().stream().mapToInt(TreeMap::size).sum();
  }

  int countOn(int node) {
    return (int) entries.values().stream().filter(ofChunk -> ofChunk.containsKey(node)).count();
  }

  void tick(long now) {
    nowNanos = now;
    for (TreeMap<Integer, Entry> ofChunk : entries.values()) {
      for (Entry entry : ofChunk.values()) {
        if (now - entry.dueNanos >= 0) {
          asked.remove(entry.requestId);
          if (asked.size() < MOST_AT_ONCE && deletable(entry.leftover)) {
            delete(entry);
          }
        }
      }
    }
  }

  private boolean deletable(Leftover leftover) {
    ReportTable.Leader leader = reports.leader(leftover.chunk());
    return nodes.up(leftover.node(), nowNanos)
        && leader != null
        && !leader.report().voters().contains(leftover.node())
        && !leader.report().learners().contains(leftover.node());
  }

  private void delete(Entry entry) {
    Leftover leftover = entry.leftover;
    entry.requestId = calls.newId();
    entry.dueNanos = nowNanos + RETRY_NANOS;
    asked.put(entry.requestId, entry);
    send.accept(
        nodes.address(leftover.node()),
        new DeleteChunk(entry.requestId, leftover.chunk(), leftover.upToGeneration()));
  }

  /** False when the answer is not to a deletion. */
  boolean replied(ControlReply reply) {
    Entry entry = asked.remove(reply.requestId());
    if (entry == null) {
      return false;
    }
    Leftover leftover = entry.leftover;
    if (reply.status() == Status.OK && leftover.chunk().equals(reply.chunk())) {
      store.save(new StoreChange().cleared(leftover));
      TreeMap<Integer, Entry> ofChunk = entries.get(leftover.chunk());
      ofChunk.remove(leftover.node());
      if (ofChunk.isEmpty()) {
        entries.remove(leftover.chunk());
      }
    } else if (!entry.warned) {
      entry.warned = true;
      LOG.warn(
          "chunk {}: node {} does not delete its replica: {} {}; asked again",
          leftover.chunk(),
          leftover.node(),
          reply.status(),
          reply.message());
    }
    return true;
  }

  /** What is to be deleted on that node. */
  List<ChunkId> on(int node) {
    List<ChunkId> chunks = new ArrayList<>();
    entries.forEach((chunk, ofChunk) -> {
      if (ofChunk.containsKey(node)) {
        chunks.add(chunk);
      }
    });
    return chunks;
  }
}
