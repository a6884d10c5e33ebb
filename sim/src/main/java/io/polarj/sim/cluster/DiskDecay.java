package io.polarj.sim.cluster;

import io.polarj.platform.loop.Probe;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.sim.fault.Nemesis;
import io.polarj.storage.disk.DiskGeometry;
import java.util.List;

/**
 * What happens to blocks on disks without a crash: bits rot, writes are lost or end up elsewhere.
 * Of every block on one node only: two good copies of everything stay elsewhere, or one and a late
 * one. Bits rot on all nodes, each has its blocks; or one node's disk has all the decay, and writes
 * go astray there too.
 */
final class DiskDecay {
  private static final long MILLI = 1_000_000L;

  private final SimLoop loop;
  private final List<ServerNode> nodes;
  private final RandomStream random;
  private final int salt;
  private final boolean decays;
  private final boolean oneBadDisk;
  private boolean stopped;

  enum Kind implements Probe {
    BIT_ROT,
    STRAY_WRITES
  }

  DiskDecay(SimLoop loop, RandomStream random, List<ServerNode> nodes, boolean always) {
    this.loop = loop;
    this.random = random;
    this.nodes = nodes;
    this.salt = random.nextInt(nodes.size());
    this.decays = random.chance(0.5) || always;
    this.oneBadDisk = random.chance(0.5);
  }

  /** What the nemesis may do of it now and then. */
  List<Nemesis.Special> specials() {
    if (!decays) {
      return List.of();
    }
    Nemesis.Special rot = new Nemesis.Special(Kind.BIT_ROT, 3, this::rotMany);
    Nemesis.Special stray = new Nemesis.Special(Kind.STRAY_WRITES, 4, this::goAstray);
    return oneBadDisk ? List.of(rot, stray) : List.of(rot);
  }

  /** Bits rot every few milliseconds, mostly where clients are busy. */
  void gnaw() {
    if (!stopped) {
      loop.reached(Kind.BIT_ROT);
      if (random.chance(0.3)) {
        rot(random);
      } else {
        rotHot(random);
      }
      loop.schedule(MILLI * (3 + random.nextLong(30)), this::gnaw);
    }
  }

  void stop() {
    stopped = true;
  }

  private String rotMany(RandomStream dice) {
    for (int i = 0; i < 30; i++) {
      if (dice.chance(0.5)) {
        rot(dice);
      } else {
        rotHot(dice);
      }
    }
    return "";
  }

  private String goAstray(RandomStream dice) {
    ServerNode victim = nodes.get(salt);
    double lost = dice.nextDouble() * 0.5;
    double misdirected = dice.nextDouble() * 0.5;
    if (victim.host().running()) {
      victim.host().strayWrites(lost, misdirected);
    }
    return victim.id() + " loses %.2f, misdirects %.2f".formatted(lost, misdirected);
  }

  /** Flips a bit of a block on the one node where that block may rot. */
  private void rot(RandomStream dice) {
    int chunk = dice.nextInt(ClusterScenario.CHUNKS);
    int block = dice.nextInt(ClusterScenario.CHUNK_BLOCKS);
    rot(chunk, block, dice.nextInt(DiskGeometry.BLOCK_BYTES), dice.nextInt(8));
  }

  /** The same where most requests go. */
  private void rotHot(RandomStream dice) {
    int sector = ClusterScenario.HOT_FIRST + dice.nextInt(ClusterScenario.HOT_SECTORS);
    long at = (long) sector * Mount.SECTOR + dice.nextInt(Mount.SECTOR);
    int block = (int) (at / DiskGeometry.BLOCK_BYTES);
    rot(
        block / ClusterScenario.CHUNK_BLOCKS,
        block % ClusterScenario.CHUNK_BLOCKS,
        (int) (at % DiskGeometry.BLOCK_BYTES),
        dice.nextInt(8));
  }

  private void rot(int chunk, int block, int at, int bit) {
    int node = oneBadDisk ? salt : (block + chunk + salt) % nodes.size();
    nodes.get(node).rot(chunk, block, at, bit);
  }
}
