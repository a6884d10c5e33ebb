// polarj pfs cp: out of a volume, into one, or within one. What is on the volume is marked with
// "pfs:"; when nothing is marked, the first path is the one on the volume.
package io.polarj.server.pfs;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.server.config.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    mixinStandardHelpOptions = true,
    description = {
      "Copy a file: pfs:/path local, local pfs:/path, or pfs:/path pfs:/other.",
      "Without marks the first path is the one on the volume."
    })
final class CopyCommand implements Callable<Integer> {
  private static final String MARK = "pfs:";
  private static final int PIECE_BYTES = 1 << 20;

  @Mixin private PfsTarget target;

  @Option(names = "-f", description = "Replace the target if it is there.")
  private boolean replace;

  @Option(names = "--progress", description = "Tell how far it is, on standard error.")
  private boolean progress;

  @Parameters(index = "0", description = "What is copied.")
  private String from;

  @Parameters(index = "1", description = "Where to; a directory keeps the name.")
  private String to;

  @Override
  public Integer call() {
    boolean in = !from.startsWith(MARK) && to.startsWith(MARK);
    boolean within = from.startsWith(MARK) && to.startsWith(MARK);
    if (in) {
      return target.writing(files -> in(files, Path.of(from), to.substring(MARK.length())));
    }
    String source = from.startsWith(MARK) ? from.substring(MARK.length()) : from;
    if (within) {
      return target.writing(files -> within(files, source, to.substring(MARK.length())));
    }
    return target.reading(files -> out(files, source, Path.of(to)));
  }

  private void out(FileSystem files, String source, Path wanted) throws IOException {
    Path local = Files.isDirectory(wanted) ? wanted.resolve(nameOf(source)) : wanted;
    long size = files.stat(source).size();
    try (OutputStream out =
        replace
            ? Files.newOutputStream(local)
            : Files.newOutputStream(
                local, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copyOut(files, source, out, done -> tell(done, size));
    }
  }

  /** Hands over all bytes of a file; {@code done} is told how many so far. */
  static void copyOut(FileSystem files, String path, OutputStream out, LongConsumer done)
      throws IOException {
    try (PolarFile file = files.open(path, Set.of(OpenMode.READ));
        Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(PIECE_BYTES, 4096);
      for (long at = 0; ; ) {
        int bytes = file.read(at, piece);
        if (bytes == 0) {
          break;
        }
        out.write(piece.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
        at += bytes;
        done.accept(at);
      }
      out.flush();
    }
  }

  private void in(FileSystem files, Path local, String wanted) throws IOException {
    long size = Files.size(local);
    try (InputStream in = Files.newInputStream(local)) {
      fill(files, inDirectory(files, wanted, String.valueOf(local.getFileName())), in, size);
    }
  }

  private void within(FileSystem files, String source, String wanted) throws IOException {
    String path = inDirectory(files, wanted, nameOf(source));
    if (files.exists(path) && files.stat(path).inode() == files.stat(source).inode()) {
      throw new PfsException(Errno.EINVAL, source + " and " + path + " are the same file");
    }
    try (PolarFile in = files.open(source, Set.of(OpenMode.READ));
        PolarFile out = files.open(path, newFile());
        Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(PIECE_BYTES, 4096);
      long size = in.size();
      for (long at = 0; ; ) {
        int bytes = in.read(at, piece);
        if (bytes == 0) {
          return;
        }
        out.write(at, piece.asSlice(0, bytes));
        at += bytes;
        tell(at, size);
      }
    }
  }

  private Set<OpenMode> newFile() {
    return EnumSet.of(
        OpenMode.READ,
        OpenMode.WRITE,
        OpenMode.CREATE,
        replace ? OpenMode.TRUNCATE : OpenMode.EXCLUSIVE);
  }

  private void fill(FileSystem files, String path, InputStream in, long size) throws IOException {
    try (PolarFile file = files.open(path, newFile());
        Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(PIECE_BYTES, 4096);
      byte[] read = new byte[PIECE_BYTES];
      for (long at = 0; ; ) {
        int bytes = in.readNBytes(read, 0, PIECE_BYTES);
        if (bytes == 0) {
          return;
        }
        MemorySegment.copy(read, 0, piece, ValueLayout.JAVA_BYTE, 0, bytes);
        file.write(at, piece.asSlice(0, bytes));
        at += bytes;
        tell(at, size);
      }
    }
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String inDirectory(FileSystem files, String wanted, String name)
      throws IOException {
    return files.exists(wanted) && files.stat(wanted).directory()
        ? LookCommands.child(wanted, name)
        : wanted;
  }

  private void tell(long done, long size) {
    if (progress) {
      long percent = size == 0 ? 100 : Math.min(100, done * 100 / size);
      System.err.print("\r" + ByteSize.format(done) + " " + percent + " %");
      if (done >= size) {
        System.err.println();
      }
    }
  }
}
