// polarj pfs mount: a volume as a directory of the host, until it is unmounted or the program ends.
package io.polarj.server.pfs;

import io.polarj.pfs.fuse.FuseMount;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.platform.clock.SystemClock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mount",
    mixinStandardHelpOptions = true,
    description = {
      "Mount a volume on a directory through FUSE; takes root on Linux.",
      "Stays in the foreground; ends with umount, or with Ctrl-C."
    })
final class MountCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MountCommand.class);
  private static final long PATIENCE_SECONDS = 30;

  @Mixin private PfsTarget target;

  @Option(names = "--rw", description = "For writing; the volume must have no other writer.")
  private boolean writable;

  @Option(names = "--uid", defaultValue = "0", description = "Whose the files appear to be.")
  private int owner;

  @Option(names = "--gid", defaultValue = "0", description = "Whose group's they appear to be.")
  private int group;

  @Parameters(description = "An existing directory.")
  private Path directory;

  @Override
  public Integer call() {
    CountDownLatch done = new CountDownLatch(1);
    try {
      return writable
          ? target.writing(files -> serve(files, done))
          : target.reading(files -> serve(files, done));
    } finally {
      done.countDown();
    }
  }

  private void serve(PfsVolume files, CountDownLatch done) throws IOException {
    try (FuseMount mount =
        FuseMount.mount(
            files, SystemClock.INSTANCE, "pfs:" + target.volume(), directory, owner, group)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(mount, done), "unmount"));
      System.out.println(target.volume() + " is mounted on " + directory);
      mount.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** The program ends: the mount goes first, then the volume is given back. */
  private static void end(FuseMount mount, CountDownLatch done) {
    try {
      mount.unmount();
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the volume was not given back in time; its lease runs out by itself");
      }
    } catch (IOException e) {
      LOG.error("unmounting failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
