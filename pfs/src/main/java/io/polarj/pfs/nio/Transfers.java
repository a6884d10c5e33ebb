// Copy and move, within a volume and between two.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.Set;

final class Transfers {
  private static final int PIECE_BYTES = 1 << 20;

  private Transfers() {}

  static void copy(PolarPath source, PolarPath target, CopyOptions options) throws IOException {
    FileStat from = source.getFileSystem().stat(source);
    FileStat to = target.getFileSystem().statOrNull(target);
    if (to != null) {
      if (same(source, from, target, to)) {
        return;
      }
      makeRoom(target, options);
    }
    if (from.directory()) {
      Files.createDirectory(target);
    } else {
      copyBytes(source, target);
    }
    if (options.attributes()) {
      setModified(target, from);
    }
  }

  private static boolean same(PolarPath source, FileStat from, PolarPath target, FileStat to) {
    return source.getFileSystem() == target.getFileSystem() && from.inode() == to.inode();
  }

  private static void makeRoom(PolarPath target, CopyOptions options) throws IOException {
    if (!options.replace()) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Files.delete(target);
  }

  private static void copyBytes(PolarPath source, PolarPath target) throws IOException {
    String from = source.getFileSystem().resolve(source);
    String to = target.getFileSystem().resolve(target);
    try (PolarFile in =
            PosixErrors.of(
                source.toString(),
                () -> source.getFileSystem().mounted().open(from, Set.of(OpenMode.READ)));
        PolarFile out =
            PosixErrors.of(
                target.toString(),
                () ->
                    target
                        .getFileSystem()
                        .mounted()
                        .open(
                            to,
                            Set.of(
                                OpenMode.READ,
                                OpenMode.WRITE,
                                OpenMode.CREATE,
                                OpenMode.EXCLUSIVE)))) {
      boolean done = false;
      try {
        PosixErrors.of(
            source.toString(),
            target.toString(),
            () -> {
              pour(in, out);
              return null;
            });
        done = true;
      } finally {
        if (!done) {
          target.getFileSystem().mounted().unlink(to);
        }
      }
    }
  }

  private static void pour(PolarFile in, PolarFile out) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(PIECE_BYTES, 4096);
      for (long at = 0; ; ) {
        int bytes = in.read(at, piece);
        if (bytes == 0) {
          return;
        }
        out.write(at, piece.asSlice(0, bytes));
        at += bytes;
      }
    }
  }

  private static void setModified(PolarPath target, FileStat from) throws IOException {
    String name = target.getFileSystem().resolve(target);
    PosixErrors.of(
        target.toString(),
        () -> {
          target.getFileSystem().mounted().setModified(name, from.modifiedMillis());
          return null;
        });
  }

  static void move(PolarPath source, PolarPath target, CopyOptions options) throws IOException {
    if (source.getFileSystem() != target.getFileSystem()) {
      moveBetween(source, target, options);
      return;
    }
    if (!options.atomic()) {
      FileStat from = source.getFileSystem().stat(source);
      FileStat to = target.getFileSystem().statOrNull(target);
      if (to != null) {
        if (from.inode() == to.inode()) {
          return;
        }
        boolean renameReplaces = options.replace() && !from.directory() && !to.directory();
        if (!renameReplaces) {
          makeRoom(target, options);
        }
      }
    }
    rename(source, target);
  }

  private static void rename(PolarPath source, PolarPath target) throws IOException {
    PolarFileSystem fileSystem = source.getFileSystem();
    String from = fileSystem.resolve(source);
    String to = fileSystem.resolve(target);
    PosixErrors.of(
        source.toString(),
        target.toString(),
        () -> {
          fileSystem.mounted().rename(from, to);
          return null;
        });
  }

  /** Files and empty directories, as between two file systems of Unix. */
  private static void moveBetween(PolarPath source, PolarPath target, CopyOptions options)
      throws IOException {
    if (options.atomic()) {
      throw new AtomicMoveNotSupportedException(
          source.toString(), target.toString(), "Invalid cross-device link");
    }
    FileStat from = source.getFileSystem().stat(source);
    if (from.directory()) {
      String name = source.getFileSystem().resolve(source);
      if (!source.getFileSystem().mounted().readdir(name).isEmpty()) {
        throw new DirectoryNotEmptyException(source.toString());
      }
    }
    copy(source, target, new CopyOptions(options.replace(), true, false));
    try {
      Files.delete(source);
    } catch (DirectoryNotEmptyException e) {
      Files.delete(target); // somebody filled it meanwhile: it stays where it is
      throw e;
    }
  }
}
