package io.polarj.server.command;

import io.polarj.pfs.volume.PfsVolume;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.server.config.ByteSize;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.Networks;
import io.polarj.server.role.VolumeAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code polarj pfs growfs}: has PolarCtrl make the volume of a running cluster larger. The writer
 * hears of it and takes the new chunks into its file system, and read-only mounts follow.
 */
@Command(
    name = "growfs",
    mixinStandardHelpOptions = true,
    description = "Make the volume of a running cluster larger; it never shrinks.")
public final class GrowCommand implements Callable<Integer> {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

  @Mixin private DataOption data;

  @Parameters(paramLabel = "SIZE", description = "The new size, for instance 20g.")
  private String size;

  @Override
  public Integer call() {
    ClusterIdentity cluster = RemoteCtrl.running(data.path());
    long bytes = ByteSize.parse(size);
    try (RemoteCtrl remote = RemoteCtrl.open(data.path());
        VolumeAccess access =
            VolumeAccess.readOnly(
                "growfs", cluster, Networks.separate(cluster, Settings.read(data.path())), null)) {
      PfsVolume files = access.fileSystem();
      VolumeInfo before = remote.ctrl().findVolume(ClusterIdentity.VOLUME);
      if (bytes <= before.sizeBytes()) {
        throw new StartException(
            "the volume has " + ByteSize.format(before.sizeBytes()) + " already");
      }
      VolumeInfo grown = remote.ctrl().growVolume(ClusterIdentity.VOLUME, bytes);
      System.out.println("the volume has " + ByteSize.format(grown.sizeBytes()));
      return await(files, grown.sizeBytes()) ? 0 : 1;
    } catch (IOException e) {
      throw new StartException("growing the volume: " + e.getMessage(), e);
    }
  }

  private static boolean await(PfsVolume files, long bytes) throws IOException {
    long begun = System.nanoTime();
    while (files.volumeBytes() < bytes) {
      if (System.nanoTime() - begun > PATIENCE_NANOS) {
        System.out.println(
            "its writer has not taken it in yet; it does so at the latest when it needs space");
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
      files.refresh();
    }
    System.out.println(
        "its file system has "
            + ByteSize.format(files.space().totalBytes())
            + ", "
            + ByteSize.format(files.space().freeBytes())
            + " free");
    return true;
  }
}
