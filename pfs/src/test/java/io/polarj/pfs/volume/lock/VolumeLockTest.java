package io.polarj.pfs.volume.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.Mkfs;
import io.polarj.pfs.volume.MkfsOptions;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimScheduler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lock's promises, each by itself, in virtual time over a volume in memory. */
final class VolumeLockTest {
  private static final long VOLUME = 7;
  private static final long MILLI = 1_000_000L;
  private static final LockSettings SETTINGS = new LockSettings(1_000, 200, 20_000);
  private static final Set<OpenMode> NEW = Set.of(OpenMode.READ, OpenMode.WRITE, OpenMode.CREATE);

  private final SimScheduler scheduler = new SimScheduler(1);
  private MemoryVolumeDevice volume;
  private long draws;

  /** A host: its loop and its way to the volume. */
  private final class Host {
    final SimLoop loop;
    final MemoryVolumeDevice device = volume.reopen(false);
    final HostIdentity identity;

    Host(int id, String name) {
      loop = scheduler.newLoop(name, 0);
      identity = new HostIdentity(id, name);
    }

    CompletableFuture<VolumeLock> polite() {
      return acquire(device, device, LockRequest.polite(identity, SETTINGS));
    }

    CompletableFuture<VolumeLock> takingOver() {
      return acquire(device, device, LockRequest.takingOver(identity, SETTINGS));
    }

    CompletableFuture<VolumeLock> withNewEpoch() {
      device.withNewEpoch();
      return acquire(device, device, LockRequest.withNewEpoch(identity, SETTINGS));
    }

    CompletableFuture<VolumeLock> acquire(VolumeDevice on, EpochFence fence, LockRequest request) {
      return VolumeLock.acquire(loop, on, VOLUME, fence, request, new RandomStream(++draws));
    }
  }

  @BeforeEach
  void format() throws IOException {
    volume = new MemoryVolumeDevice(8 << 20);
    Mkfs.run(volume, new MkfsOptions(16384, 64 << 10, 256, false), VOLUME, 0);
  }

  private void run(long millis) {
    scheduler.runUntil(scheduler.nowNanos() + millis * MILLI);
  }

  private VolumeLock got(CompletableFuture<VolumeLock> attempt) {
    while (!attempt.isDone() && scheduler.step()) {
      // until it is decided
    }
    return attempt.join();
  }

  private void refused(CompletableFuture<VolumeLock> attempt, Errno errno, String naming) {
    assertThatThrownBy(() -> got(attempt))
        .hasRootCauseInstanceOf(PfsException.class)
        .hasStackTraceContaining(errno.name())
        .hasStackTraceContaining(naming);
  }

  private void fails(Errno errno, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).as(e.getMessage()).isEqualTo(errno));
  }

  private static void write(PfsVolume fs, String path, int value) throws IOException {
    try (PolarFile file = fs.open(path, NEW);
        Arena arena = Arena.ofShared()) {
      MemorySegment page = arena.allocate(4096, 4096).fill((byte) value);
      file.write(0, page);
    }
  }

  private static int firstByte(PolarFile file) throws IOException {
    byte[] one = new byte[1];
    assertThat(file.read(0, MemorySegment.ofArray(one))).isEqualTo(1);
    return one[0];
  }

  @Test
  void secondHostIsRefusedWithTheOwnersNameAsLongAsTheOwnerRenews() throws IOException {
    VolumeLock first = got(new Host(1, "alpha").polite());
    for (int i = 0; i < 5; i++) {
      refused(new Host(2, "beta").polite(), Errno.EBUSY, "'alpha' (host id 1)");
      run(3_000);
    }
    first.check();
    assertThat(first.term()).isEqualTo(1);
  }

  @Test
  void releasedVolumeIsTakenWithoutWaitingForALease() {
    Host alpha = new Host(1, "alpha");
    VolumeLock first = got(alpha.polite());
    first.release();
    run(50);
    long before = scheduler.nowNanos();
    VolumeLock second = got(new Host(2, "beta").polite());
    assertThat(second.term()).isEqualTo(2);
    assertThat(second.epoch()).isGreaterThan(first.epoch());
    assertThat(scheduler.nowNanos() - before).isLessThan(SETTINGS.leaseMillis() * MILLI);
  }

  @Test
  void leaseOfADeadOwnerIsWaitedForAndNoLonger() {
    Host alpha = new Host(1, "alpha");
    got(alpha.polite());
    run(700);
    alpha.loop.kill();
    long before = scheduler.nowNanos();
    assertThat(got(new Host(2, "beta").polite()).term()).isEqualTo(2);
    assertThat(scheduler.nowNanos() - before)
        .isBetween(1_250 * MILLI, (1_250 + 3 * SETTINGS.renewMillis()) * MILLI);
  }

  @Test
  void holderOfANewEpochDoesNotWaitForTheLeaseOfItsDeadPredecessor() {
    Host dead = new Host(1, "primary");
    got(dead.withNewEpoch());
    dead.loop.kill();
    long before = scheduler.nowNanos();
    assertThat(got(new Host(1, "primary").withNewEpoch()).term()).isEqualTo(2);
    assertThat(scheduler.nowNanos() - before).isLessThan(MILLI);
  }

  @Test
  void takeOverRefusesDataAndMetadataOfThePausedOwnerAndTellsItWhoHasTheVolume()
      throws IOException {
    Host alpha = new Host(1, "alpha");
    VolumeLock first = got(alpha.polite());
    PfsVolume old = PfsVolume.mountReadWrite(alpha.device, first, alpha.loop.clock());
    write(old, "/kept", 1);
    PolarFile open = old.open("/kept", NEW);
    alpha.loop.pause(5_000 * MILLI);
    Host beta = new Host(2, "beta");
    VolumeLock second = got(beta.takingOver());
    first.check(); // it does not know yet, and no clock tells it
    try (Arena arena = Arena.ofShared()) {
      fails(Errno.ESTALE, () -> open.write(0, arena.allocate(4096, 4096)));
    }
    fails(Errno.ESTALE, () -> old.mkdir("/ghost"));
    PfsVolume now = PfsVolume.mountReadWrite(beta.device, second, beta.loop.clock());
    assertThat(now.readdir("/")).hasSize(1);
    try (PolarFile kept = now.open("/kept", Set.of(OpenMode.READ))) {
      assertThat(firstByte(kept)).isEqualTo(1);
    }
    run(6_000);
    assertThat(first.lost()).isDone();
    fails(Errno.ESTALE, first::check);
  }

  @Test
  void ofTwoHostsWithTheSameIdOneIsRefused() {
    got(new Host(3, "gamma").polite());
    refused(new Host(3, "twin").polite(), Errno.EBUSY, "host id 3 is in use by another host");
  }

  @Test
  void ofTwoHostsWithTheSameIdThatStartAtOnceOneIsRefused() {
    CompletableFuture<VolumeLock> one = new Host(3, "gamma").polite();
    CompletableFuture<VolumeLock> two = new Host(3, "twin").polite();
    run(10_000);
    assertThat(one).isDone();
    assertThat(two).isDone();
    assertThat(one.isCompletedExceptionally() ^ two.isCompletedExceptionally()).isTrue();
    refused(one.isCompletedExceptionally() ? one : two, Errno.EBUSY, "host id 3 is in use");
  }

  @Test
  void manyHostsAtOnceMakeOneOwner() {
    CompletableFuture<?>[] attempts = new CompletableFuture<?>[8];
    for (int i = 0; i < attempts.length; i++) {
      attempts[i] = new Host(i + 1, "host" + i).polite();
    }
    run(15_000);
    assertThat(attempts).allMatch(CompletableFuture::isDone);
    assertThat(attempts).filteredOn(attempt -> !attempt.isCompletedExceptionally()).hasSize(1);
  }

  @Test
  void tornBlockLeavesTheStateBeforeIt() {
    Host alpha = new Host(1, "alpha");
    VolumeLock first = got(alpha.polite());
    run(450);
    alpha.loop.kill();
    byte[] area =
        volume.memory().asSlice(LockArea.OFFSET, LockArea.BYTES).toArray(ValueLayout.JAVA_BYTE);
    LockBlock newest = LockArea.decode(area, VOLUME).getFirst();
    long at = LockArea.offsetOf(1, newest.generation());
    volume.memory().asSlice(at + 60, 20).fill((byte) 0x77);
    area = volume.memory().asSlice(LockArea.OFFSET, LockArea.BYTES).toArray(ValueLayout.JAVA_BYTE);
    LockBlock older = LockArea.decode(area, VOLUME).getFirst();
    assertThat(older.generation()).isEqualTo(newest.generation() - 1);
    assertThat(older.decidedTerm()).isEqualTo(first.term());
    assertThat(got(new Host(2, "beta").polite()).term()).isEqualTo(2);
  }

  @Test
  void withoutAnEpochTheWinnerWaitsUntilTheLoserHasStoppedByItsOwnClock() {
    Host alpha = new Host(1, "alpha");
    VolumeLock first =
        got(
            alpha.acquire(
                alpha.device, EpochFence.UNENFORCED, LockRequest.polite(alpha.identity, SETTINGS)));
    alpha.loop.pause(60_000 * MILLI);
    Host beta = new Host(2, "beta");
    got(
        beta.acquire(
            beta.device, EpochFence.UNENFORCED, LockRequest.takingOver(beta.identity, SETTINGS)));
    fails(Errno.ESTALE, first::check);
  }

  @Test
  void readOnlyMountBecomesTheWriterInPlaceAndItsOpenFilesStayOpen() throws IOException {
    Host alpha = new Host(1, "alpha");
    PfsVolume old = PfsVolume.mountReadWrite(alpha.device, got(alpha.polite()), alpha.loop.clock());
    write(old, "/a", 1);
    MemoryVolumeDevice reading = volume.reopen(true);
    Host beta = new Host(2, "beta");
    PfsVolume fs = PfsVolume.mountReadOnly(reading, beta.loop.clock());
    PolarFile open = fs.open("/a", Set.of(OpenMode.READ));
    fails(Errno.EROFS, () -> fs.mkdir("/d"));
    write(old, "/b", 2);
    reading.withNewEpoch();
    VolumeLock lock =
        got(beta.acquire(reading, reading, LockRequest.withNewEpoch(beta.identity, SETTINGS)));
    fs.promote(lock);
    assertThat(fs.readOnly()).isFalse();
    assertThat(firstByte(open)).isEqualTo(1);
    fs.mkdir("/d");
    write(fs, "/a", 9);
    assertThat(firstByte(open)).isEqualTo(9);
    long free = fs.space().freeBytes();
    fs.unlink("/a");
    assertThat(firstByte(open)).isEqualTo(9);
    open.close();
    assertThat(fs.space().freeBytes()).isGreaterThan(free);
    assertThat(fs.readdir("/")).extracting("name").containsExactly("b", "d");
    fails(Errno.ESTALE, () -> old.mkdir("/ghost"));
  }

  @Test
  void volumeOfTheFormatBeforeTheLockIsGivenThePaxosFile() throws IOException {
    io.polarj.pfs.volume.OldVolumes.makeFormat1(volume, VOLUME);
    Host alpha = new Host(1, "alpha");
    VolumeLock lock = got(alpha.withNewEpoch());
    PfsVolume fs = PfsVolume.mountReadWrite(alpha.device, lock, alpha.loop.clock());
    fs.mkdir("/d");
    assertThat(io.polarj.pfs.volume.OldVolumes.formatOf(volume)).isEqualTo(2);
  }
}
