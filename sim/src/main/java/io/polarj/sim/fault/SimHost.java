package io.polarj.sim.fault;

import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimDisk;
import io.polarj.platform.sim.SimDiskImage;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.platform.sim.SimScheduler;

/**
 * A host with one program and one disk, or another one for a log. What the disk holds outlives the
 * program; everything else of a life ends with it.
 */
public final class SimHost {
  private final int id;
  private final SimScheduler scheduler;
  private final SimFabric fabric;
  private final RandomStream random;
  private final long diskBytes;
  private final long logBytes;
  private final long slowestNanos;
  private final Program program;
  private int drift;
  private SimDiskImage image;
  private SimDiskImage logImage;
  private int lives;
  private boolean diskFailed;
  private Life life;

  /** What runs on a host. */
  public interface Program {
    /** A new life begins; called on its loop. */
    void boot(Life life);

    /** The life is over: nothing of it may do anything any more. */
    void died();

    /** Whether faults should hit this host more often. */
    default boolean leads() {
      return false;
    }

    /** The part of the disk where a write may go astray without anybody's fault. */
    default long[] strayArea() {
      return new long[] {0, 0};
    }
  }

  /** From a start to the next crash. */
  public record Life(
      int number,
      SimLoop loop,
      SimDisk disk,
      SimDisk log,
      SimNetwork network,
      RandomStream random) {}

  /**
   * @param logBytes of the second disk; 0 where there is none
   * @param slowestNanos what a request to the disk takes at most on average, in its slowest life
   */
  public SimHost(
      int id,
      SimScheduler scheduler,
      SimFabric fabric,
      RandomStream random,
      long diskBytes,
      long logBytes,
      long slowestNanos,
      Program program) {
    this.id = id;
    this.scheduler = scheduler;
    this.fabric = fabric;
    this.random = random;
    this.diskBytes = diskBytes;
    this.logBytes = logBytes;
    this.slowestNanos = slowestNanos;
    this.program = program;
    newDisks("image");
    this.drift = random.nextInt(41) - 20;
  }

  private void newDisks(String name) {
    image = new SimDiskImage(diskBytes, random.split(name));
    logImage = logBytes == 0 ? null : new SimDiskImage(logBytes, random.split("log" + name));
  }

  public static Address address(int host) {
    return new Address("node" + host, 1);
  }

  public int id() {
    return id;
  }

  public Address address() {
    return address(id);
  }

  public SimDiskImage image() {
    return image;
  }

  /** Of the log, if it stands on a disk of its own; requests to it are what crashes count. */
  public SimDiskImage logImage() {
    return logImage == null ? image : logImage;
  }

  boolean leads() {
    return life != null && program.leads();
  }

  /** Null while down. */
  public SimLoop loop() {
    return life == null ? null : life.loop;
  }

  /** Null while down. */
  public SimDisk disk() {
    return life == null ? null : life.disk;
  }

  public boolean running() {
    return life != null;
  }

  /** Whether the disk was made to fail in this life: the program may give up. */
  public boolean diskFailed() {
    return diskFailed;
  }

  public void start() {
    lives++;
    diskFailed = false;
    SimLoop loop = scheduler.newLoop("node" + id + "#" + lives, drift);
    RandomStream own = random.split("life" + lives);
    SimDisk disk = new SimDisk(image, loop, own.split("disk"));
    disk.latency(50_000 + own.nextLong(slowestNanos));
    SimDisk log = logImage == null ? null : new SimDisk(logImage, loop, own.split("log"));
    if (log != null) {
      log.latency(50_000 + own.nextLong(slowestNanos));
    }
    Life begun = new Life(lives, loop, disk, log, fabric.network(loop, address(id)), own);
    life = begun;
    loop.execute(() -> program.boot(begun));
  }

  /** The power goes, and with it what was not flushed, or some of it. */
  public void crash() {
    end();
    image.crash();
    if (logImage != null) {
      logImage.crash();
    }
  }

  /** The process ends; the disk keeps what it was given. */
  public void kill() {
    end();
    image.kill();
    if (logImage != null) {
      logImage.kill();
    }
  }

  private void end() {
    life.loop.kill();
    life.network.close();
    program.died();
    life = null;
  }

  public void pause(long nanos) {
    life.loop.pause(nanos);
  }

  /** The clock goes on at another speed, in this life and the next ones. */
  public void drift(int permille) {
    drift = permille;
    if (life != null) {
      life.loop.drift(permille);
    }
  }

  /** Every request to the disk fails until the next start. */
  public void failDisk() {
    diskFailed = true;
    life.disk.failing(true);
    if (life.log != null) {
      life.log.failing(true);
    }
  }

  /** The next flush fails, the ones behind it do not. */
  public void failFlush() {
    diskFailed = true;
    (life.log == null ? life.disk : life.log).failFlushes(1);
  }

  /** Writes go astray with that probability until the next start. */
  public void strayWrites(double lost, double misdirected) {
    long[] area = program.strayArea();
    life.disk.strayWrites(area[0], area[1], lost, misdirected);
  }

  /** Cuts the power when so many more requests to the disk have ended. */
  public void crashAfter(long requests, Runnable then) {
    int number = lives;
    SimDiskImage counted = logImage == null ? image : logImage;
    counted.alarm(
        counted.requests() + requests,
        () -> {
          if (life != null && lives == number) {
            crash();
            then.run();
          }
        });
  }

  /** No fault of the disk lasts, or is still to come. */
  void calm() {
    (logImage == null ? image : logImage).alarm(-1, () -> {});
    life.disk.strayWrites(0, 0, 0, 0);
    life.disk.latency(200_000);
  }

  /** The disk is replaced by an empty one. */
  public void wipe() {
    if (running()) {
      crash();
    }
    newDisks("image" + lives);
  }
}
