package io.polarj.polarctrl.protocol;

import io.polarj.platform.net.Address;
import java.util.Objects;

/**
 * A database node or PolarSwitch as it sees itself. Numbers that do not apply are 0.
 *
 * @param name unique in the cluster
 * @param incarnation differs between starts
 * @param address where its clients connect (SQL for a database node)
 * @param replicationPort where replicas and standbys connect
 * @param durableLsn end of its durable redo
 * @param appliedLsn end of the redo it has applied
 * @param epoch the writer epoch it works under
 * @param state one word for people, such as {@code running} or {@code recovering}
 */
public record ServiceInfo(
    String name,
    ServiceKind kind,
    long incarnation,
    Address address,
    int replicationPort,
    long volume,
    long durableLsn,
    long appliedLsn,
    long epoch,
    String state) {
  public ServiceInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(state, "state");
  }
}
