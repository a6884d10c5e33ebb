package io.polarj.storage.disk;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import java.nio.ByteBuffer;

/** A device whose requests a {@link DiskMeter} counts and times. One loop only. */
public final class MeteredDevice implements BlockDevice {
  private final BlockDevice device;
  private final DiskMeter meter;

  public MeteredDevice(BlockDevice device, DiskMeter meter) {
    this.device = device;
    this.meter = meter;
  }

  @Override
  public long size() {
    return device.size();
  }

  @Override
  public void read(long offset, ByteBuffer target, IoCallback done) {
    device.read(offset, target, timed(meter.read(target.remaining()), done));
  }

  @Override
  public void write(long offset, ByteBuffer source, IoCallback done) {
    device.write(offset, source, timed(meter.write(source.remaining()), done));
  }

  @Override
  public void flush(IoCallback done) {
    device.flush(timed(meter.flush(), done));
  }

  @Override
  public void close() {
    device.close();
  }

  private static IoCallback timed(DiskMeter.Request request, IoCallback done) {
    return error -> {
      request.ended(error != null);
      done.completed(error);
    };
  }
}
