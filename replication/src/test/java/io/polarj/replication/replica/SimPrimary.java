package io.polarj.replication.replica;

import io.polarj.platform.net.Address;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.replication.ReplicationSettings;
import io.polarj.replication.primary.Announcer;
import io.polarj.replication.primary.PrimaryLog;
import io.polarj.replication.primary.ReplicationBounds;

/** One life of a primary: the production announcer over a modelled log. */
final class SimPrimary {
  static final Address ADDRESS = new Address("primary", 1);

  final SimVolume volume;
  final SimLoop loop;
  final SimNetwork network;
  final Announcer announcer;
  ReplicationBounds bounds = ReplicationBounds.HOLD;

  SimPrimary(
      SimVolume volume,
      SimLoop loop,
      SimFabric fabric,
      ReplicationSettings settings,
      boolean replicasMayExist) {
    this.volume = volume;
    this.loop = loop;
    network = fabric.network(loop, ADDRESS);
    long epoch = ++volume.epoch;
    announcer =
        new Announcer(
            loop,
            new PrimaryLog() {
              @Override
              public long epoch() {
                return epoch;
              }

              @Override
              public long clusterIdHigh() {
                return 7;
              }

              @Override
              public long clusterIdLow() {
                return 8;
              }

              @Override
              public long durableLsn() {
                return volume.durable;
              }

              @Override
              public long commitLsn() {
                return volume.durable;
              }

              @Override
              public long checkpointLsn() {
                return volume.checkpoint;
              }
            },
            settings,
            "primary:3306",
            next -> bounds = next);
    loop.execute(() -> {
      announcer.start(replicasMayExist);
      network.listen(ADDRESS, announcer::onMessage);
    });
  }

  void kill() {
    loop.kill();
    network.close();
  }

  /** New redo is durable. */
  void write(long bytes) {
    volume.durable += bytes;
    loop.execute(announcer::durableMoved);
  }

  /** Flushes, purges and removes all that the bounds allow, which is the worst a primary may do. */
  void act() {
    if (loop.dead()) {
      return;
    }
    volume.flushed = Math.max(volume.flushed, Math.min(bounds.flushLsn(), volume.durable));
    volume.purged = Math.max(volume.purged, Math.min(bounds.purgeLsn(), volume.durable));
    volume.checkpoint = Math.max(volume.checkpoint, volume.flushed);
    volume.removed = Math.max(volume.removed, Math.min(bounds.retainLsn(), volume.checkpoint));
  }
}
