package io.polarj.pfs.polarswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.net.Address;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class PolarSwitchTest {
  private static final int MIB = FakeChunkServers.CHUNK_BYTES;
  private static final SwitchSettings SETTINGS = SwitchSettings.DEFAULT;
  private final VirtualLoop loop = new VirtualLoop();
  private final FakeChunkServers servers = new FakeChunkServers(loop, 1);
  private final PolarSwitch device = open(SETTINGS);

  private PolarSwitch open(SwitchSettings settings) {
    CompletableFuture<PolarSwitch> opened =
        PolarSwitch.open(
            loop, servers, servers.routeSource(), FakeChunkServers.VOLUME, 1, 77, settings);
    assertThat(loop.runUntil(100, opened::isDone)).isTrue();
    return opened.join();
  }

  /** A request's outcome: nothing while it runs. */
  private static final class Outcome {
    boolean done;
    IOException error;

    void completed(IOException e) {
      assertThat(done).as("told once").isFalse();
      done = true;
      error = e;
    }

    Errno errno() {
      assertThat(done).isTrue();
      assertThat(error).isInstanceOf(PfsException.class);
      return ((PfsException) error).errno();
    }
  }

  private Outcome write(long offset, MemorySegment source) {
    Outcome outcome = new Outcome();
    device.write(offset, source, outcome::completed);
    return outcome;
  }

  private Outcome read(long offset, MemorySegment target) {
    Outcome outcome = new Outcome();
    device.read(offset, target, outcome::completed);
    return outcome;
  }

  private void succeeds(Outcome outcome, long withinMillis) {
    assertThat(loop.runUntil(withinMillis, () -> outcome.done)).as("done in time").isTrue();
    assertThat(outcome.error).isNull();
  }

  private static MemorySegment filled(int bytes, int value) {
    return Arena.ofAuto().allocate(bytes, 4096).fill((byte) value);
  }

  private List<WriteRequest> writesReceived() {
    return servers.received.stream()
        .filter(WriteRequest.class::isInstance)
        .map(WriteRequest.class::cast)
        .toList();
  }

  @Test
  void requestOverChunkEdgesIsCutAndComesBackWhole() {
    MemorySegment source = filled(3 * MIB, 0);
    for (long i = 0; i < source.byteSize(); i += 4096) {
      source.set(ValueLayout.JAVA_INT, i, (int) (i / 4096) + 1);
    }
    succeeds(write(MIB / 2, source), 100);
    assertThat(writesReceived()).hasSize(4);
    MemorySegment target = filled(3 * MIB, 9);
    succeeds(read(MIB / 2, target), 100);
    assertThat(target.mismatch(source)).isEqualTo(-1);
    assertThat(servers.bytes(0, 4096)).containsOnly(0);
  }

  @Test
  void whatIsIssuedWhenAWriteEndsCarriesTheSnapshotNumberOfItsAnswer() {
    servers.newestSnapshot = 7;
    Outcome second = new Outcome();
    device.write(
        0, filled(4096, 1), error -> device.write(MIB, filled(4096, 2), second::completed));
    succeeds(second, 100);
    assertThat(writesReceived()).extracting(WriteRequest::snapshot).containsExactly(0, 7);
    servers.newestSnapshot = 9;
    succeeds(read(0, Arena.ofAuto().allocate(4096, 4096)), 100);
    servers.newestSnapshot = 0; // a chunk that has not heard of it yet
    succeeds(write(0, filled(4096, 3)), 100);
    succeeds(write(0, filled(4096, 4)), 100);
    assertThat(writesReceived()).extracting(WriteRequest::snapshot).containsExactly(0, 7, 9, 9);
  }

  @Test
  void hintIsFollowedWithoutAPauseAndRemembered() {
    servers.leader = 3;
    servers.hint = 3;
    succeeds(write(0, filled(4096, 5)), 2);
    succeeds(write(4096, filled(4096, 6)), 2);
    assertThat(servers.receivers).containsExactly(1, 3, 3);
  }

  @Test
  void deadLeaderIsLeftAfterAnUnansweredAttempt() {
    servers.down.add(1);
    servers.leader = 2;
    servers.hint = 1;
    succeeds(write(0, filled(4096, 5)), 1_500);
    assertThat(servers.bytes(0, 4096)).containsOnly(5);
    servers.receivers.clear();
    succeeds(write(4096, filled(4096, 5)), 2);
    assertThat(servers.receivers).containsExactly(2);
  }

  @Test
  void silentMemberIsNotAskedAgainWhileOthersElectALeader() {
    servers.down.add(1);
    servers.leader = 0;
    servers.hint = 1;
    Outcome outcome = write(0, filled(4096, 5));
    loop.run(800);
    assertThat(servers.receivers).containsOnlyOnce(1).contains(2, 3);
    servers.leader = 3;
    succeeds(outcome, 210);
  }

  @Test
  void leaderThatOneRequestFindsIsToldToTheOthersAtOnce() {
    servers.down.add(1);
    servers.leader = 2;
    servers.hint = 0;
    Outcome first = write(0, filled(4096, 5));
    loop.runUntil(300, () -> first.done);
    Outcome second = write(4096, filled(4096, 6)); // to the dead one too, 300 ms later
    succeeds(first, 300);
    succeeds(second, 10);
    assertThat(servers.bytes(4096, 4096)).containsOnly(6);
  }

  @Test
  void writeWhoseAnswerWasLostIsSentAgainUnderItsNumberAndAppliedOnce() {
    servers.answersToLose = 2;
    servers.hint = 1;
    succeeds(write(0, filled(4096, 5)), 5_000);
    assertThat(writesReceived()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(writesReceived()).extracting(WriteRequest::sequence).containsOnly(1L);
    assertThat(writesReceived()).extracting(WriteRequest::clientId).containsOnly(77L);
    assertThat(servers.writesApplied).isEqualTo(1);
  }

  @Test
  void sequencesCountPerChunkAndTellTheOldestPending() {
    succeeds(write(0, filled(4096, 1)), 10);
    succeeds(write(MIB, filled(4096, 1)), 10);
    write(0, filled(4096, 2));
    succeeds(write(8192, filled(4096, 2)), 10);
    assertThat(writesReceived()).extracting(WriteRequest::sequence).containsExactly(1L, 1L, 2L, 3L);
    assertThat(writesReceived())
        .extracting(WriteRequest::oldestPending)
        .containsExactly(1L, 1L, 2L, 2L);
    assertThat(writesReceived()).extracting(WriteRequest::epoch).containsOnly(1L);
  }

  @Test
  void deposedWriterGetsEstaleForThisAndEveryLaterWriteButReadsGoOn() {
    servers.newestEpoch = 2;
    Outcome first = write(0, filled(4096, 5));
    loop.run(50);
    assertThat(first.errno()).isEqualTo(Errno.ESTALE);
    int before = servers.received.size();
    Outcome second = write(0, filled(4096, 5));
    loop.run(50);
    assertThat(second.errno()).isEqualTo(Errno.ESTALE);
    assertThat(servers.received).hasSize(before);
    assertThat(servers.writesApplied).isZero();
    succeeds(read(0, filled(4096, 1)), 50);
  }

  @Test
  void requestWithoutAMajorityFailsAtItsDeadlineAndNotBefore() {
    servers.down.addAll(List.of(1, 2, 3));
    Outcome outcome = write(0, filled(4096, 5));
    loop.run(29_900);
    assertThat(outcome.done).isFalse();
    loop.run(200);
    assertThat(outcome.errno()).isEqualTo(Errno.EIO);
    assertThat(outcome.error).hasMessageContaining("ChunkServers");
    assertThat(servers.received).hasSizeLessThan(60);
    loop.run(1_000);
    assertThat(loop.idle()).as("nothing ticks when nothing is under way").isTrue();
  }

  @Test
  void writeThatWasGivenUpIsRefusedWhenItArrivesAfterANewerOne() {
    servers.down.addAll(List.of(1, 2, 3));
    Outcome lost = write(0, filled(4096, 5));
    loop.run(31_000);
    assertThat(lost.errno()).isEqualTo(Errno.EIO);
    WriteRequest late = writesReceived().getLast();
    servers.down.clear();
    succeeds(write(0, filled(4096, 6)), 2_000);
    assertThat(writesReceived().getLast().oldestPending()).isGreaterThan(late.sequence());
    servers.connect(new Address("node", servers.leader), (from, message) -> {}).send(late);
    loop.run(10);
    assertThat(servers.bytes(0, 4096)).containsOnly(6);
  }

  @Test
  void busyChunkIsAskedAgainWithGrowingPauses() {
    servers.refuseAll = Status.BUSY;
    Outcome outcome = write(0, filled(4096, 5));
    loop.run(2_000);
    assertThat(outcome.done).isFalse();
    assertThat(servers.received).hasSizeBetween(6, 14);
    servers.refuseAll = null;
    succeeds(outcome, 600);
  }

  @Test
  void finalRefusalsBecomeTheirErrors() {
    servers.refuseAll = Status.NO_SPACE;
    Outcome full = write(0, filled(4096, 5));
    loop.run(10);
    assertThat(full.errno()).isEqualTo(Errno.ENOSPC);
    servers.refuseAll = Status.INVALID;
    Outcome invalid = read(0, filled(4096, 5));
    loop.run(10);
    assertThat(invalid.errno()).isEqualTo(Errno.EINVAL);
    servers.refuseAll = Status.STALE_SEQUENCE;
    Outcome stale = write(0, filled(4096, 5));
    loop.run(10);
    assertThat(stale.errno()).isEqualTo(Errno.EIO);
  }

  @Test
  void everyOtherRefusalIsTriedAgain() {
    for (Status status :
        List.of(
            Status.IN_DOUBT,
            Status.NO_SUCH_CHUNK,
            Status.CORRUPT,
            Status.DISK_FAILED,
            Status.ERROR)) {
      servers.refuseAll = status;
      Outcome outcome = read(0, filled(4096, 5));
      loop.run(300);
      assertThat(outcome.done).as(status.name()).isFalse();
      servers.refuseAll = null;
      succeeds(outcome, 2_000);
    }
  }

  @Test
  void noMoreThanTheLimitIsInFlight() {
    PolarSwitch narrow = open(new SwitchSettings(4, 400, 3_200, 5, 500, 30_000));
    servers.mostDelayNanos = 1_000_000;
    int[] done = {0};
    for (int i = 0; i < 100; i++) {
      narrow.read(
          i * 4096L,
          filled(4096, 0),
          error -> {
            assertThat(error).isNull();
            done[0]++;
          });
    }
    assertThat(loop.runUntil(1_000, () -> done[0] == 100)).isTrue();
    assertThat(servers.mostWaiting).isLessThanOrEqualTo(4);
  }

  @Test
  void ioGoesOnWithoutPolarCtrl() {
    servers.polarCtrlDead = true;
    servers.down.add(1);
    servers.leader = 2;
    servers.hint = 2;
    succeeds(write(0, filled(4096, 5)), 2_000);
    assertThat(servers.routeRequests).isGreaterThan(1);
    succeeds(read(0, filled(4096, 0)), 10);
  }

  @Test
  void answerToAReadThatWasGivenUpDoesNotTouchItsMemory() {
    servers.mostDelayNanos = 1;
    MemorySegment target = filled(4096, 7);
    Outcome outcome = read(0, target);
    loop.run(0);
    device.close();
    loop.run(100);
    assertThat(outcome.errno()).isEqualTo(Errno.EBADF);
    assertThat(target.mismatch(filled(4096, 7))).isEqualTo(-1);
    Outcome later = read(0, target);
    loop.run(10);
    assertThat(later.errno()).isEqualTo(Errno.EBADF);
  }

  @Test
  void unalignedHeapAndOutsideRequestsAreRefused() {
    assertThatThrownBy(() -> write(512, filled(4096, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(0, filled(4096, 1).asSlice(0, 100)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(0, MemorySegment.ofArray(new byte[4096])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("native");
    Outcome outside = read(device.size() - 4096, filled(8192, 1));
    loop.run(10);
    assertThat(outside.errno()).isEqualTo(Errno.EINVAL);
  }

  @Test
  void readOnlyDeviceRefusesWrites() {
    CompletableFuture<PolarSwitch> opened =
        PolarSwitch.openReadOnly(
            loop, servers, servers.routeSource(), FakeChunkServers.VOLUME, 78, SETTINGS);
    loop.runUntil(100, opened::isDone);
    Outcome outcome = new Outcome();
    opened.join().write(0, filled(4096, 1), outcome::completed);
    loop.run(10);
    assertThat(outcome.errno()).isEqualTo(Errno.EROFS);
    assertThat(opened.join().readOnly()).isTrue();
  }

  @Test
  void acknowledgedWritesAreReadBackOverABadNetworkAndChangingLeaders() {
    for (long seed = 1; seed <= 8; seed++) {
      new BadWeather(seed).run();
    }
  }

  /**
   * Slots of the volume, each written and read by turns while messages are lost, doubled and
   * overtaken and the leader changes: a read returns what the last acknowledged write wrote.
   */
  private static final class BadWeather {
    private static final int SLOTS = 24;
    private static final int ROUNDS = 30;
    private final long seed;
    private final VirtualLoop loop = new VirtualLoop();
    private final FakeChunkServers servers;
    private final List<String> wrong = new ArrayList<>();
    private PolarSwitch device;
    private int finished;

    BadWeather(long seed) {
      this.seed = seed;
      this.servers = new FakeChunkServers(loop, seed);
    }

    void run() {
      CompletableFuture<PolarSwitch> opened =
          PolarSwitch.open(
              loop,
              servers,
              servers.routeSource(),
              FakeChunkServers.VOLUME,
              1,
              99,
              new SwitchSettings(16, 50, 400, 5, 100, 600_000));
      loop.runUntil(100, opened::isDone);
      device = opened.join();
      servers.loss = 0.1;
      servers.duplication = 0.1;
      servers.mostDelayNanos = 60_000_000;
      changeLeader();
      for (int slot = 0; slot < SLOTS; slot++) {
        int mine = slot;
        loop.execute(() -> round(mine, 1));
      }
      boolean all = loop.runUntil(500_000, () -> finished == SLOTS);
      assertThat(wrong).as("seed %d", seed).isEmpty();
      assertThat(all).as("seed %d: all slots finished", seed).isTrue();
      assertThat(servers.writesApplied).as("seed %d", seed).isEqualTo(SLOTS * ROUNDS);
      assertThat(device.retries()).as("seed %d: the weather was bad", seed).isPositive();
    }

    private void changeLeader() {
      servers.leader = 1 + servers.random.nextInt(3);
      servers.hint = servers.random.chance(0.7) ? servers.leader : servers.random.nextInt(4);
      if (finished < SLOTS) {
        loop.schedule(servers.random.nextLong(500_000_000L), this::changeLeader);
      }
    }

    private void round(int slot, int round) {
      if (round > ROUNDS) {
        finished++;
        return;
      }
      long offset = slot * 98_304L;
      MemorySegment source = filled(16_384, round);
      device.write(
          offset,
          source,
          error -> {
            note(slot, round, error);
            MemorySegment target = filled(16_384, 0);
            device.read(
                offset,
                target,
                readError -> {
                  note(slot, round, readError);
                  if (target.mismatch(source) != -1) {
                    wrong.add("slot " + slot + " round " + round + ": other bytes");
                  }
                  round(slot, round + 1);
                });
          });
    }

    private void note(int slot, int round, IOException error) {
      if (error != null) {
        wrong.add("slot " + slot + " round " + round + ": " + error);
      }
    }
  }
}
