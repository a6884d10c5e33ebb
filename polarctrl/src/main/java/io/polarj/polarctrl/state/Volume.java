package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.VolumeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One volume in PolarCtrl's memory: the stored part and what goes on with it. */
final class Volume {
  /** The writer of a volume in a database that was rebuilt, until it says who it is. */
  static final String UNKNOWN_WRITER = "?";

  /** Somebody who is told when the volume has the size it is to have. */
  record Waiter(long requestId, long deadlineNanos, Consumer<CtrlReply> reply) {}

  /** An epoch on its way to every chunk. */
  static final class Acquisition {
    final long requestId;
    final String owner;
    final long epoch;
    final long deadlineNanos;
    final List<ControlCalls.Call> calls = new ArrayList<>();
    Consumer<CtrlReply> reply;
    int unfenced;

    Acquisition(
        long requestId, String owner, long epoch, long deadlineNanos, Consumer<CtrlReply> reply) {
      this.requestId = requestId;
      this.owner = owner;
      this.epoch = epoch;
      this.deadlineNanos = deadlineNanos;
      this.reply = reply;
    }
  }

  VolumeInfo info;

  /** Nodes of each chunk, in chunk order; runs ahead of the size while chunks are being made. */
  final List<List<Integer>> chunks = new ArrayList<>();

  final List<Waiter> waiters = new ArrayList<>();
  int replicasToMake;
  Acquisition acquisition;
  long leaseEndNanos;
  long grantedRequestId;

  Volume(VolumeInfo info) {
    this.info = info;
  }

  VolumeInfo withSize(long sizeBytes, long targetBytes) {
    return with(sizeBytes, targetBytes, info.epoch(), info.writer(), info.snapshot());
  }

  VolumeInfo withWriter(long epoch, String writer) {
    return with(info.sizeBytes(), info.targetBytes(), epoch, writer, info.snapshot());
  }

  VolumeInfo withSnapshot(int snapshot) {
    return with(info.sizeBytes(), info.targetBytes(), info.epoch(), info.writer(), snapshot);
  }

  private VolumeInfo with(
      long sizeBytes, long targetBytes, long epoch, String writer, int snapshot) {
    return new VolumeInfo(
        info.id(),
        info.name(),
        sizeBytes,
        targetBytes,
        info.chunkBytes(),
        info.replicas(),
        epoch,
        writer,
        snapshot,
        info.parent(),
        info.parentSnapshot());
  }
}
