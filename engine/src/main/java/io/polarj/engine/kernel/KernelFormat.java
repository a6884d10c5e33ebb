package io.polarj.engine.kernel;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.recovery.Checkpoint;
import io.polarj.engine.recovery.CheckpointFile;
import io.polarj.engine.redo.RedoFormat;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;

/** Makes the kernel's files on an empty volume. */
final class KernelFormat {
  private KernelFormat() {}

  static void format(FileSystem fileSystem, KernelSettings settings, long idHigh, long idLow) {
    long fileBytes = settings.redoFileBytes();
    if (fileBytes < 64 * RedoFormat.BLOCK_BYTES || fileBytes % RedoFormat.BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "redo files of " + fileBytes + " bytes: at least 256 KiB and a multiple of 4096");
    }
    try {
      if (fileSystem.exists(CheckpointFile.PATH)) {
        throw new EngineException.AlreadyExists(CheckpointFile.PATH + ": the volume is formatted");
      }
      for (String folder : new String[] {"/redo", "/data"}) {
        if (!fileSystem.exists(folder)) {
          fileSystem.mkdir(folder);
        }
      }
      // Last: a volume with a checkpoint is complete.
      CheckpointFile.write(
          fileSystem,
          new Checkpoint(0, RedoFormat.FIRST_LSN, 0, idHigh, idLow, fileBytes, new byte[0]));
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the volume can not be formatted", e);
    }
  }

  static boolean isFormatted(FileSystem fileSystem) {
    try {
      return fileSystem.exists(CheckpointFile.PATH);
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the volume can not be read", e);
    }
  }
}
