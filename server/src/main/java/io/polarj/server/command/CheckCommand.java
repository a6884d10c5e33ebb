package io.polarj.server.command;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.server.cluster.OfflineEngine;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.ChunkServerRole;
import io.polarj.storage.store.DiskCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code polarj check}: walks everything a stopped cluster has on its disks: each ChunkServer's
 * superblock, log, maps and block checksums; then, with storage running, the volume's metadata,
 * every page, every tree and every index. A cluster that crashed is recovered on the way, as its
 * next start would do.
 */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Check everything a stopped cluster has stored; exit code 1 when something is wrong.")
public final class CheckCommand implements Callable<Integer> {
  private static final long DISK_LIMIT_MINUTES = 60;
  @Mixin private DataOption data;

  @Override
  public Integer call() {
    Path path = data.path();
    ClusterIdentity cluster = ClusterIdentity.read(path);
    if (cluster == null) {
      throw new StartException("there is no cluster in " + path);
    }
    try (DataDirectory directory = DataDirectory.open(path)) {
      Settings settings = Settings.read(path);
      int wrong = 0;
      for (int node = 1; node <= cluster.chunkServers(); node++) {
        wrong += checkDisk(directory.path(), node, settings);
      }
      System.out.println("opening the database");
      List<String> findings = OfflineEngine.check(path, cluster, settings);
      findings.forEach(finding -> System.out.println("  WRONG: " + finding));
      wrong += findings.size();
      System.out.println(
          wrong == 0
              ? "all is well: disks, volume, pages, trees and indexes hold"
              : wrong + " findings");
      return wrong == 0 ? 0 : 1;
    }
  }

  private static int checkDisk(Path data, int node, Settings settings) {
    Path file = ChunkServerRole.diskFile(data, node);
    if (!Files.exists(file)) {
      System.out.println("chunkserver " + node + ": WRONG: there is no " + file);
      return 1;
    }
    Path walFile = settings.walFile(node);
    ThreadLoop loop = ThreadLoop.start("check");
    try (BlockDevice device =
            BlockDevices.open(file, Files.size(file), loop, settings.deviceMode());
        BlockDevice wal =
            walFile == null ? null : BlockDevices.open(walFile, 0, loop, settings.deviceMode())) {
      CompletableFuture<DiskCheck.Report> done = new CompletableFuture<>();
      loop.execute(() ->
          new DiskCheck(device, wal, loop)
              .run((report, error) -> {
                if (error != null) {
                  done.completeExceptionally(error);
                } else {
                  done.complete(report);
                }
              }));
      DiskCheck.Report report = done.get(DISK_LIMIT_MINUTES, TimeUnit.MINUTES);
      System.out.printf(
          "chunkserver %d: %d chunk replicas, %d log entries, %d blocks, %d sectors checked%n",
          node, report.replicas(), report.logEntries(), report.blocks(), report.sectors());
      report.findings().forEach(finding -> System.out.println("  WRONG: " + finding));
      return report.findings().size();
    } catch (ExecutionException e) {
      System.out.println("chunkserver " + node + ": WRONG: " + e.getCause().getMessage());
      return 1;
    } catch (IOException | TimeoutException e) {
      throw new StartException("checking " + file + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    } finally {
      loop.close();
    }
  }
}
