package io.polarj.sim;

import io.polarj.platform.random.RandomStream;
import io.polarj.sim.cluster.ClusterOptions;
import io.polarj.sim.cluster.ClusterOptions.Trait;
import io.polarj.sim.cluster.ClusterReport;
import io.polarj.sim.cluster.ClusterScenario;
import io.polarj.sim.fault.RunTrace;
import io.polarj.sim.paxos.PaxosReport;
import io.polarj.sim.paxos.PaxosScenario;
import io.polarj.sim.raft.Options;
import io.polarj.sim.raft.Report;
import io.polarj.sim.raft.Scenario;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The scenarios that know seeds, and their shares of a campaign, in thousandths. */
enum NamedScenario {
  RAFT("raft", 400, Options.DEFAULT),
  MEMBERS("members", 220, Options.DEFAULT.reconfiguring()),
  REPLACED_DISK("replaced-disk", 220, Options.DEFAULT.replacingDisks()),
  CLUSTER("cluster", 50, ClusterOptions.DEFAULT),
  BIT_ROT("bit-rot", 20, ClusterOptions.DEFAULT.with(Trait.BIT_ROT)),
  POWER_CUT("power-cut", 15, ClusterOptions.DEFAULT.with(Trait.POWER_CUT)),
  TIGHT_LOG("tight-log", 15, ClusterOptions.DEFAULT.with(Trait.TIGHT_LOG)),
  LOST_NODE("lost-node", 10, ClusterOptions.DEFAULT.with(Trait.LOST_NODE)),
  /** One writer at a time, as the volume would have. */
  SNAPSHOTS("snapshots", 20, ClusterOptions.DEFAULT.with(Trait.SNAPSHOTS).writtenByOne()),
  /** Hosts that fight for a volume; its faults are its own and can not be left out. */
  PAXOS("paxos", 30);

  private final String title;
  private final int share;
  private final Options raft;
  private final ClusterOptions cluster;

  NamedScenario(String title, int share) {
    this.title = title;
    this.share = share;
    this.raft = null;
    this.cluster = null;
  }

  NamedScenario(String title, int share, Options raft) {
    this.title = title;
    this.share = share;
    this.raft = raft;
    this.cluster = null;
  }

  NamedScenario(String title, int share, ClusterOptions cluster) {
    this.title = title;
    this.share = share;
    this.raft = null;
    this.cluster = cluster;
  }

  static NamedScenario of(String title) {
    for (NamedScenario scenario : values()) {
      if (scenario.title.equals(title)) {
        return scenario;
      }
    }
    throw new IllegalArgumentException("scenario '" + title + "' is none of " + titles());
  }

  static String titles() {
    return Arrays.stream(values()).map(s -> s.title).collect(Collectors.joining(", "));
  }

  /** Drawn according to the shares. */
  static NamedScenario draw(RandomStream dice) {
    int at = dice.nextInt(Arrays.stream(values()).mapToInt(s -> s.share).sum());
    for (NamedScenario scenario : values()) {
      at -= scenario.share;
      if (at < 0) {
        return scenario;
      }
    }
    throw new IllegalStateException("no scenario drawn");
  }

  String title() {
    return title;
  }

  int share() {
    return share;
  }

  /** How many clients there are when nothing else is said. */
  int clients() {
    return raft != null ? raft.clients() : cluster != null ? cluster.mounts() : 0;
  }

  /** How much virtual time faults have when nothing else is said. */
  int chaosMillis() {
    return raft != null ? raft.chaosMillis() : cluster != null ? cluster.chaosMillis() : 0;
  }

  /** Whether parts of a run can be left out. */
  boolean shrinks() {
    return raft != null || cluster != null;
  }

  Run run(long seed) {
    return run(seed, Trial.ofAll(this));
  }

  Run run(long seed, Trial trial) {
    if (raft != null) {
      Options options =
          raft.reduced(trial.faults(), trial.clients(), trial.chaosMillis())
              .crashing(trial.crash())
              .planting(trial.planted());
      Report report = Scenario.run(seed, options);
      return new Run(report.violation(), report.traceHash(), report.toString(), report.trace());
    }
    if (cluster == null) {
      PaxosReport report = PaxosScenario.run(seed);
      return new Run(report.violation(), report.traceHash(), report.toString(), RunTrace.NONE);
    }
    ClusterOptions options =
        cluster
            .reduced(trial.faults(), trial.clients(), trial.chaosMillis())
            .crashing(trial.crash())
            .planting(trial.planted());
    ClusterReport report = ClusterScenario.run(seed, options);
    return new Run(report.violation(), report.traceHash(), report.toString(), report.trace());
  }
}
