package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.Refusal;
import io.polarj.polarctrl.protocol.ReleaseWriter;
import io.polarj.polarctrl.protocol.RenewWriter;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.WriterReply;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.Status;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may write a volume. An epoch is made durable before anybody hears of it, rises with every
 * acquisition, and is granted only when every chunk refuses the ones before it (S6): safety comes
 * from the chunks. The lease only keeps one writer from taking the volume off another by mistake;
 * after a restart of PolarCtrl every writer of record has a fresh one.
 */
final class WriterTable {
  private static final Logger LOG = LoggerFactory.getLogger(WriterTable.class);
  private final VolumeTable volumes;
  private final ReportTable reports;
  private final ControlCalls calls;
  private final CtrlStore store;
  private final long leaseMillis;
  private final long timeoutNanos;
  private LongPredicate restoring = volume -> false;

  WriterTable(
      VolumeTable volumes,
      ReportTable reports,
      ControlCalls calls,
      CtrlStore store,
      CtrlSettings settings) {
    this.volumes = volumes;
    this.reports = reports;
    this.calls = calls;
    this.store = store;
    this.leaseMillis = settings.writerLeaseMillis();
    this.timeoutNanos = settings.requestTimeoutMillis() * 1_000_000L;
  }

  /** Volumes that nobody may write for now, because their content is being replaced. */
  void closedWhile(LongPredicate restoring) {
    this.restoring = restoring;
  }

  void restored(long nowNanos) {
    for (Volume volume : volumes.all()) {
      volume.leaseEndNanos = nowNanos + leaseMillis * 1_000_000;
    }
  }

  void acquire(AcquireWriter request, Consumer<CtrlReply> reply, long nowNanos) {
    Volume volume = volumes.find(request.volume());
    String wrong = wrongWith(request, volume);
    if (wrong != null) {
      CtrlStatus status = volume == null ? CtrlStatus.NOT_FOUND : CtrlStatus.INVALID;
      reply.accept(new Refusal(request.requestId(), status, wrong));
      return;
    }
    if (restoring.test(request.volume())) {
      String why = "volume '" + volume.info.name() + "' is being restored; wait until that is done";
      reply.accept(new Refusal(request.requestId(), CtrlStatus.WRITER_BUSY, why));
      return;
    }
    Volume.Acquisition running = volume.acquisition;
    if (running != null && running.requestId == request.requestId()) {
      running.reply = reply;
      return;
    }
    if (running == null
        && volume.grantedRequestId == request.requestId()
        && volume.info.writer().equals(request.owner())) {
      granted(volume, request.requestId(), reply, nowNanos);
      return;
    }
    if (request.onlyAfter() != AcquireWriter.ANY_EPOCH
        && request.onlyAfter() != volume.info.epoch()) {
      String newer =
          "the volume's epoch is " + volume.info.epoch() + ", not " + request.onlyAfter();
      reply.accept(new Refusal(request.requestId(), CtrlStatus.STALE_EPOCH, newer));
      return;
    }
    String busy = busy(volume, request, nowNanos);
    if (busy != null) {
      reply.accept(new Refusal(request.requestId(), CtrlStatus.WRITER_BUSY, busy));
      return;
    }
    if (running != null) {
      abandon(volume, CtrlStatus.STALE_EPOCH, "'" + request.owner() + "' took the volume");
    }
    begin(volume, request, reply, nowNanos);
  }

  void renew(RenewWriter request, Consumer<CtrlReply> reply, long nowNanos) {
    Volume volume = held(request.volume(), request.owner(), request.epoch());
    if (volume == null) {
      reply.accept(deposed(request.requestId(), request.volume(), request.epoch()));
      return;
    }
    granted(volume, request.requestId(), reply, nowNanos);
  }

  void release(ReleaseWriter request, Consumer<CtrlReply> reply) {
    Volume volume = held(request.volume(), request.owner(), request.epoch());
    if (volume == null) {
      reply.accept(deposed(request.requestId(), request.volume(), request.epoch()));
      return;
    }
    VolumeInfo released = volume.withWriter(request.epoch(), "");
    store.saveVolume(released);
    volume.info = released;
    volume.grantedRequestId = 0;
    reply.accept(new WriterReply(request.requestId(), request.volume(), request.epoch(), 0));
  }

  void tick(long nowNanos) {
    for (Volume volume : volumes.all()) {
      Volume.Acquisition running = volume.acquisition;
      if (running != null && nowNanos - running.deadlineNanos >= 0) {
        abandon(
            volume,
            CtrlStatus.TIMED_OUT,
            running.unfenced + " chunks did not take epoch " + running.epoch + " yet");
      }
    }
  }

  private static String wrongWith(AcquireWriter request, Volume volume) {
    if (volume == null) {
      return "there is no volume number " + request.volume();
    }
    if (request.owner().isBlank() || request.owner().length() > 200) {
      return "an owner's name has 1 to 200 characters";
    }
    if (request.owner().equals(Volume.UNKNOWN_WRITER)) {
      return "an owner can not be called " + Volume.UNKNOWN_WRITER;
    }
    if (volume.info.sizeBytes() == 0) {
      return "volume '" + volume.info.name() + "' is still being made";
    }
    return null;
  }

  /** Why the asker has to wait, or null. */
  private static String busy(Volume volume, AcquireWriter request, long nowNanos) {
    if (request.force()) {
      return null;
    }
    Volume.Acquisition running = volume.acquisition;
    if (running != null && !running.owner.equals(request.owner())) {
      return "'" + running.owner + "' is taking the volume";
    }
    String writer = volume.info.writer();
    long leftNanos = volume.leaseEndNanos - nowNanos;
    if (writer.isEmpty() || writer.equals(request.owner()) || leftNanos <= 0) {
      return null;
    }
    return "'"
        + writer
        + "' writes the volume; its lease ends in "
        + (leftNanos / 1_000_000 + 1)
        + " ms unless renewed";
  }

  private void begin(
      Volume volume, AcquireWriter request, Consumer<CtrlReply> reply, long nowNanos) {
    long epoch = newestEpoch(volume) + 1;
    VolumeInfo info = volume.withWriter(epoch, request.owner());
    store.saveVolume(info);
    volume.info = info;
    volume.grantedRequestId = 0;
    Volume.Acquisition acquisition =
        new Volume.Acquisition(
            request.requestId(), request.owner(), epoch, nowNanos + timeoutNanos, reply);
    volume.acquisition = acquisition;
    acquisition.unfenced = volume.chunks.size();
    for (int index = 0; index < volume.chunks.size(); index++) {
      ChunkId chunk = new ChunkId(info.id(), index);
      List<Integer> members = volumes.membersKnown(chunk);
      ControlCalls.Call call =
          new ControlCalls.Call(
              chunk,
              members,
              reports.leaderNode(chunk),
              id -> new FenceEpoch(id, chunk, epoch),
              done -> fenced(volume, acquisition, done, nowNanos));
      acquisition.calls.add(call);
    }
    acquisition.calls.forEach(call -> calls.start(call, nowNanos));
  }

  /**
   * The newest epoch anybody knows: should the database have lost the last one (a restored backup,
   * a crash it did not survive whole), the chunks that took it still tell it.
   */
  private long newestEpoch(Volume volume) {
    long newest = volume.info.epoch();
    for (int index = 0; index < volume.chunks.size(); index++) {
      ReportTable.Leader leader = reports.leader(new ChunkId(volume.info.id(), index));
      if (leader != null) {
        newest = Math.max(newest, leader.report().epoch());
      }
    }
    return newest;
  }

  private void fenced(
      Volume volume, Volume.Acquisition acquisition, ControlReply done, long begunNanos) {
    if (volume.acquisition != acquisition) {
      return;
    }
    if (done.status() == Status.STALE_EPOCH) {
      LOG.error("chunk {} knows an epoch newer than {}", done.chunk(), acquisition.epoch);
      abandon(volume, CtrlStatus.STALE_EPOCH, "chunk " + done.chunk() + " knows a newer epoch");
      return;
    }
    acquisition.unfenced--;
    if (acquisition.unfenced == 0) {
      volume.acquisition = null;
      volume.grantedRequestId = acquisition.requestId;
      LOG.info(
          "volume '{}': '{}' writes under epoch {}",
          volume.info.name(),
          acquisition.owner,
          acquisition.epoch);
      granted(volume, acquisition.requestId, acquisition.reply, begunNanos);
    }
  }

  private void granted(Volume volume, long requestId, Consumer<CtrlReply> reply, long fromNanos) {
    volume.leaseEndNanos = fromNanos + leaseMillis * 1_000_000;
    reply.accept(new WriterReply(requestId, volume.info.id(), volume.info.epoch(), leaseMillis));
  }

  private void abandon(Volume volume, CtrlStatus status, String why) {
    Volume.Acquisition running = volume.acquisition;
    volume.acquisition = null;
    running.calls.forEach(ControlCalls.Call::cancel);
    running.reply.accept(new Refusal(running.requestId, status, why));
  }

  private Volume held(long id, String owner, long epoch) {
    Volume volume = volumes.find(id);
    if (volume != null && volume.acquisition == null && epoch == volume.info.epoch()) {
      recognize(volume, owner);
    }
    boolean held =
        volume != null
            && volume.acquisition == null
            && volume.info.epoch() == epoch
            && volume.info.writer().equals(owner);
    return held ? volume : null;
  }

  /** In a database that was rebuilt, the writer is whoever knows the newest epoch. */
  private void recognize(Volume volume, String owner) {
    if (volume.info.writer().equals(Volume.UNKNOWN_WRITER)) {
      VolumeInfo known = volume.withWriter(volume.info.epoch(), owner);
      store.saveVolume(known);
      volume.info = known;
    }
  }

  private static Refusal deposed(long requestId, long volume, long epoch) {
    return new Refusal(
        requestId,
        CtrlStatus.STALE_EPOCH,
        "epoch " + epoch + " does not hold volume number " + volume + " any more");
  }
}
