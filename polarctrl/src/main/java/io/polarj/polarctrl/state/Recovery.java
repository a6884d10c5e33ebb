package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.view.RecoveryView;
import io.polarj.polarctrl.view.RecoveryView.RecoveredVolume;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rebuilds volumes that the database does not know from what ChunkServers report. Takes a chunk
 * only on the word of its leader while a majority of its voters report: then no epoch that was ever
 * granted, and no member, can be missed. A volume with a chunk in doubt is not rebuilt at all.
 */
final class Recovery {
  /** A volume that can be rebuilt. */
  record Rebuilt(VolumeInfo info, List<List<Integer>> chunks) {}

  /** What is known of one chunk. */
  private enum Find {
    GOOD,
    /** A majority of its voters surely has nothing, and the others are empty: never finished. */
    UNMADE,
    DOUBTFUL
  }

  private final VolumeTable volumes;
  private final NodeTable nodes;
  private final ReportTable reports;
  private final Map<Long, String> names;
  private final long nowNanos;
  private final List<Rebuilt> rebuilt = new ArrayList<>();
  private final List<RecoveredVolume> views = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private long newestGeneration;

  /** {@code names}: for volumes whose replicas do not know it, by number. */
  Recovery(ControlParts parts, Map<Long, String> names, long nowNanos) {
    this.volumes = parts.volumes();
    this.nodes = parts.nodes();
    this.reports = parts.reports();
    this.names = names;
    this.nowNanos = nowNanos;
  }

  void look() {
    for (NodeTable.Node node : nodes.all()) {
      if (nodes.up(node.number(), nowNanos) && !reports.toldAll(node.number())) {
        problems.add("node " + node.number() + " has not told all its chunks yet; wait a moment");
      }
    }
    TreeMap<Long, TreeSet<Integer>> found = new TreeMap<>();
    for (ChunkId chunk : volumes.unknownChunks()) {
      found.computeIfAbsent(chunk.volume(), id -> new TreeSet<>()).add(chunk.index());
    }
    TreeSet<String> taken = new TreeSet<>();
    volumes.infos().forEach(info -> taken.add(info.name()));
    found.forEach((id, indexes) -> look(id, indexes, taken));
  }

  List<Rebuilt> rebuilt() {
    return rebuilt;
  }

  /** The newest generation of any replica, so that it is not given out again. */
  long newestGeneration() {
    return newestGeneration;
  }

  RecoveryView view(boolean applied) {
    return new RecoveryView(applied, views, problems);
  }

  private void look(long id, TreeSet<Integer> indexes, TreeSet<String> taken) {
    int before = problems.size();
    List<List<Integer>> placed = new ArrayList<>();
    int made = -1;
    long epoch = 0;
    int snapshot = 0;
    ChunkReport sample = null;
    for (int index = 0; index <= indexes.last(); index++) {
      ChunkId chunk = new ChunkId(id, index);
      if (!indexes.contains(index)) {
        problems.add(
            "chunk " + chunk + " is reported by nobody: start the ChunkServers that hold it");
        continue;
      }
      ChunkReport newest = newest(chunk);
      Find find = judge(chunk, newest);
      if (find == Find.DOUBTFUL) {
        problems.add(doubt(chunk, newest));
      } else if (find == Find.UNMADE && made < 0) {
        made = index;
      }
      placed.add(newest.voters());
      epoch = Math.max(epoch, epoch(chunk));
      snapshot = Math.max(snapshot, newest.newestSnapshot());
      sample = sample == null || sample.volume().name().isEmpty() ? newest : sample;
    }
    String name = name(id, sample, taken);
    int chunks = indexes.last() + 1;
    long chunkBytes = sample == null ? 0 : sample.chunkBytes();
    int replicas = replicas(sample);
    long target = chunks * chunkBytes;
    long size = made < 0 ? target : made * chunkBytes;
    boolean possible = problems.size() == before;
    views.add(
        new RecoveredVolume(id, name, size, target, chunkBytes, replicas, chunks, epoch, possible));
    if (possible) {
      taken.add(name);
      rebuilt.add(
          new Rebuilt(
              new VolumeInfo(
                  id,
                  name,
                  size,
                  target,
                  chunkBytes,
                  replicas,
                  epoch,
                  Volume.UNKNOWN_WRITER,
                  snapshot,
                  0,
                  0),
              placed));
    }
  }

  private String name(long id, ChunkReport sample, TreeSet<String> taken) {
    String given = names.get(id);
    String name = given != null ? given : sample == null ? "" : sample.volume().name();
    if (name.isBlank()) {
      problems.add(
          "volume number " + id + " does not know its name: give it with --name " + id + "=NAME");
    } else if (taken.contains(name)) {
      problems.add(
          "there is a volume '"
              + name
              + "' already: give number "
              + id
              + " another name with --name "
              + id
              + "=NAME");
    }
    return name;
  }

  private static int replicas(ChunkReport sample) {
    if (sample == null) {
      return 0;
    }
    return sample.volume().replicas() > 0 ? sample.volume().replicas() : sample.voters().size();
  }

  /** The leader's report, or else the one that knows most. */
  private ChunkReport newest(ChunkId chunk) {
    ReportTable.Leader leader = reports.leader(chunk);
    ChunkReport newest = leader == null ? null : leader.report();
    for (ReportTable.Replica replica : reports.replicas(chunk).values()) {
      newestGeneration = Math.max(newestGeneration, replica.report().generation());
      if (leader == null
          && (newest == null || replica.report().configIndex() > newest.configIndex())) {
        newest = replica.report();
      }
    }
    return newest;
  }

  private Find judge(ChunkId chunk, ChunkReport newest) {
    List<Integer> voters = newest.voters();
    int reporting = 0;
    int absent = 0;
    for (int node : voters) {
      boolean up = nodes.up(node, nowNanos);
      reporting += up && reports.replica(chunk, node) != null ? 1 : 0;
      absent += up && reports.surelyAbsent(chunk, node) ? 1 : 0;
    }
    ReportTable.Leader leader = reports.leader(chunk);
    boolean led = leader != null && nodes.up(leader.node(), nowNanos);
    if (led && reporting * 2 > voters.size()) {
      return Find.GOOD;
    }
    boolean first =
        reports.replicas(chunk).values().stream()
            .map(ReportTable.Replica::report)
            .allMatch(report ->
                report.configIndex() == 0 && report.generation() == 0 && report.lastIndex() == 0);
    return first && absent * 2 > voters.size() ? Find.UNMADE : Find.DOUBTFUL;
  }

  private String doubt(ChunkId chunk, ChunkReport newest) {
    List<Integer> silent =
        newest.voters().stream()
            .filter(node -> !nodes.up(node, nowNanos) || reports.replica(chunk, node) == null)
            .toList();
    return "chunk "
        + chunk
        + (silent.isEmpty()
            ? " has no leader yet; wait a moment"
            : " has no leader or no majority: start the ChunkServers " + silent);
  }

  private long epoch(ChunkId chunk) {
    long epoch = 0;
    for (ReportTable.Replica replica : reports.replicas(chunk).values()) {
      epoch = Math.max(epoch, replica.report().epoch());
    }
    return epoch;
  }
}
