// What each request does to the mounted file system. Any number of threads, one request each. The
// kernel orders changes of one directory and conflicting writes of one file before they come here.
package io.polarj.pfs.fuse;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.file.SpaceStat;
import io.polarj.platform.clock.Clock;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

final class Operations {
  static final int MAX_TRANSFER_BYTES = 1 << 20;
  private static final int KERNEL_MINOR = 31;
  private static final int INIT_OUT_BYTES = 64;
  private static final int BLOCK = 4096;
  private static final int NAME_MAX = 255;

  private static final int ASYNC_READ = 1;
  private static final int ATOMIC_O_TRUNC = 1 << 3;
  private static final int BIG_WRITES = 1 << 5;
  private static final int PARALLEL_DIROPS = 1 << 18;
  private static final int MAX_PAGES = 1 << 22;
  private static final int INIT_EXT = 1 << 30;
  private static final int DIRECT_IO_ALLOW_MMAP = 1 << 4;
  private static final int DIRECT_IO = 1;
  private static final int PARALLEL_DIRECT_WRITES = 1 << 6;

  private static final int O_ACCESS = 3;
  private static final int O_EXCL = 0200;
  private static final int O_TRUNC = 01000;
  private static final int S_IFMT = 0170000;
  private static final int S_IFREG = 0100000;
  private static final int SET_MODE_OR_OWNER = 1 | 2 | 4;
  private static final int SET_SIZE = 8;
  private static final int SET_MTIME = 32;
  private static final int SET_HANDLE = 64;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int SET_MTIME_NOW = 256;

  private record OpenHandle(long node, PolarFile file) {}

  private final FileSystem files;
  private final Clock clock;
  private final int validSeconds;
  private final Nodes nodes = new Nodes();
  private final Map<Long, OpenHandle> open = new ConcurrentHashMap<>();
  private final Map<Long, List<FileStat>> directories = new ConcurrentHashMap<>();
  private final AtomicLong lastHandle = new AtomicLong();

  Operations(FileSystem files, Clock clock) {
    this.files = files;
    this.clock = clock;
    // nobody else changes what this mount may write; a reader's view goes on by itself
    this.validSeconds = files.readOnly() ? 0 : 1;
  }

  /** Does it; the number of the error, or 0 with the body in {@code out}. */
  int run(Request in, Answer out) throws IOException {
    switch (in.opcode()) {
      case 1 -> lookup(in.node(), in.nextName(), out);
      case 3 -> attributes(in.node(), out);
      case 4 -> {
        return change(in, out);
      }
      case 5 -> {
        return ErrorNumbers.EINVAL; // READLINK: there are no links
      }
      case 6, 13 -> {
        return ErrorNumbers.EPERM; // SYMLINK, LINK
      }
      case 8 -> {
        return makeNode(in, out);
      }
      case 9 -> {
        in.skip(8);
        String name = in.nextName();
        files.mkdir(nodes.path(in.node(), name));
        lookup(in.node(), name, out);
      }
      case 10 -> {
        String name = in.nextName();
        files.unlink(nodes.path(in.node(), name));
        nodes.removed(in.node(), name);
      }
      case 11 -> {
        String name = in.nextName();
        files.rmdir(nodes.path(in.node(), name));
        nodes.removed(in.node(), name);
      }
      case 12 -> {
        return rename(in, false);
      }
      case 45 -> {
        return rename(in, true);
      }
      case 14 -> open(in, out);
      case 15 -> read(in, out);
      case 16 -> write(in, out);
      case 17 -> space(out);
      case 18 -> release(in.nextLong());
      case 20 -> handle(in.nextLong()).file().sync();
      case 25, 30, 34 -> out.clear(); // FLUSH, FSYNCDIR, ACCESS: nothing is held back
      case 26 -> init(in, out);
      case 27 -> {
        long handle = lastHandle.incrementAndGet();
        directories.put(handle, files.readdir(existing(in.node())));
        out.putLong(handle).putInt(0).putInt(0);
      }
      case 28 -> list(in, out);
      case 29 -> directories.remove(in.nextLong());
      case 35 -> create(in, out);
      case 39 -> {
        return ErrorNumbers.ENOTTY; // IOCTL
      }
      case 43 -> {
        return allocate(in);
      }
      default -> {
        return ErrorNumbers.ENOSYS;
      }
    }
    return 0;
  }

  /** FORGET and BATCH_FORGET have no answer. */
  void forget(Request in, boolean many) throws PfsException {
    if (!many) {
      nodes.forget(in.node(), in.nextLong());
      return;
    }
    int count = in.nextInt();
    in.skip(4);
    for (int i = 0; i < count; i++) {
      nodes.forget(in.nextLong(), in.nextLong());
    }
  }

  private void init(Request in, Answer out) throws PfsException {
    int major = in.nextInt();
    int minor = in.nextInt();
    if (major != 7 || minor < KERNEL_MINOR) {
      throw new PfsException(
          Errno.ENOTSUP, "the kernel speaks FUSE " + major + "." + minor + "; 7.31 is needed");
    }
    int readAhead = in.nextInt();
    int offered = in.nextInt();
    int wanted = ASYNC_READ | ATOMIC_O_TRUNC | BIG_WRITES | PARALLEL_DIROPS | MAX_PAGES | INIT_EXT;
    int flags = offered & wanted;
    boolean extended = (flags & INIT_EXT) != 0;
    int more = extended ? in.nextInt() & DIRECT_IO_ALLOW_MMAP : 0;
    out.putInt(7).putInt(Math.min(minor, 40)).putInt(readAhead).putInt(flags);
    out.putInt(64 | 48 << 16).putInt(MAX_TRANSFER_BYTES).putInt(1_000_000);
    out.putInt(MAX_TRANSFER_BYTES / BLOCK).putInt(more);
    while (out.length() < INIT_OUT_BYTES) {
      out.putInt(0);
    }
  }

  // --- names and attributes

  private String existing(long node) throws PfsException {
    String path = nodes.path(node);
    if (path == null) {
      throw new PfsException(Errno.ENOENT, "node " + node + " has no name any more");
    }
    return path;
  }

  private void lookup(long directory, String name, Answer out) throws IOException {
    FileStat stat = files.stat(nodes.path(directory, name));
    out.putEntry(nodes.known(directory, name, stat.inode()), stat, 1, validSeconds);
  }

  private void attributes(long node, Answer out) throws IOException {
    String path = nodes.path(node);
    FileStat stat = path != null ? files.stat(path) : anyHandle(node).stat();
    out.putLong(validSeconds).putInt(0).putInt(0);
    out.putAttributes(stat, path != null ? 1 : 0);
  }

  /** A file without a name lives in its handles. */
  private PolarFile anyHandle(long node) throws PfsException {
    for (OpenHandle handle : open.values()) {
      if (handle.node() == node) {
        return handle.file();
      }
    }
    throw new PfsException(Errno.ENOENT, "node " + node + " is gone");
  }

  private int change(Request in, Answer out) throws IOException {
    int valid = in.nextInt();
    in.skip(4);
    long handle = in.nextLong();
    long size = in.nextLong();
    in.skip(16);
    long seconds = in.nextLong();
    in.skip(12);
    int nanos = in.nextInt();
    if ((valid & SET_MODE_OR_OWNER) != 0) {
      return ErrorNumbers.EPERM; // there are no owners and permissions to set
    }
    if ((valid & SET_SIZE) != 0) {
      truncate(in.node(), (valid & SET_HANDLE) != 0 ? open.get(handle) : null, size);
    }
    String path = nodes.path(in.node());
    if ((valid & SET_MTIME) != 0 && path != null) {
      boolean now = (valid & SET_MTIME_NOW) != 0;
      files.setModified(path, now ? clock.wallMillis() : seconds * 1000 + nanos / 1_000_000);
    }
    attributes(in.node(), out);
    return 0;
  }

  private void truncate(long node, OpenHandle handle, long size) throws IOException {
    if (handle != null) {
      handle.file().truncate(size);
      return;
    }
    try (PolarFile file = files.open(existing(node), Set.of(OpenMode.READ, OpenMode.WRITE))) {
      file.truncate(size);
    }
  }

  private int makeNode(Request in, Answer out) throws IOException {
    int mode = in.nextInt();
    in.skip(12);
    String name = in.nextName();
    if ((mode & S_IFMT) != S_IFREG) {
      return ErrorNumbers.EPERM; // sockets, pipes, devices
    }
    files
        .open(
            nodes.path(in.node(), name),
            Set.of(OpenMode.READ, OpenMode.WRITE, OpenMode.CREATE, OpenMode.EXCLUSIVE))
        .close();
    lookup(in.node(), name, out);
    return 0;
  }

  private int rename(Request in, boolean withFlags) throws IOException {
    long to = in.nextLong();
    int flags = withFlags ? in.nextInt() : 0;
    in.skip(withFlags ? 4 : 0);
    String oldName = in.nextName();
    String newName = in.nextName();
    String target = nodes.path(to, newName);
    if (flags > 1) {
      return ErrorNumbers.EINVAL; // RENAME_EXCHANGE, RENAME_WHITEOUT
    }
    if (flags == 1 && files.exists(target)) {
      return ErrorNumbers.EEXIST; // RENAME_NOREPLACE
    }
    files.rename(nodes.path(in.node(), oldName), target);
    nodes.renamed(in.node(), oldName, to, newName);
    return 0;
  }

  private void list(Request in, Answer out) throws IOException {
    long handle = in.nextLong();
    long offset = in.nextLong();
    int limit = in.nextInt();
    List<FileStat> entries = directories.get(handle);
    if (entries == null) {
      throw new PfsException(Errno.EBADF, "directory handle " + handle);
    }
    for (long i = offset; i < entries.size() + 2L; i++) {
      FileStat entry = i < 2 ? null : entries.get((int) i - 2);
      String name = entry != null ? entry.name() : i == 0 ? "." : "..";
      long inode = entry == null ? in.node() : entry.inode();
      boolean directory = entry == null || entry.directory();
      if (!out.putDirectoryEntry(inode, i + 1, directory, name, limit)) {
        return;
      }
    }
  }

  private void space(Answer out) throws IOException {
    SpaceStat space = files.space();
    long free = space.freeBytes() / BLOCK;
    out.putLong(space.totalBytes() / BLOCK).putLong(free).putLong(free);
    out.putLong(space.files()).putLong(free).putInt(BLOCK).putInt(NAME_MAX).putInt(BLOCK);
    for (int i = 0; i < 7; i++) {
      out.putInt(0);
    }
  }

  // --- open files

  private OpenHandle handle(long number) throws PfsException {
    OpenHandle handle = open.get(number);
    if (handle == null) {
      throw new PfsException(Errno.EBADF, "file handle " + number);
    }
    return handle;
  }

  private static Set<OpenMode> modes(int flags) {
    EnumSet<OpenMode> modes = EnumSet.of(OpenMode.READ);
    if ((flags & O_ACCESS) != 0) {
      modes.add(OpenMode.WRITE);
    }
    if ((flags & O_TRUNC) != 0) {
      modes.add(OpenMode.TRUNCATE);
      modes.add(OpenMode.WRITE);
    }
    return modes;
  }

  private void opened(long node, PolarFile file, Answer out) {
    long number = lastHandle.incrementAndGet();
    open.put(number, new OpenHandle(node, file));
    out.putLong(number).putInt(DIRECT_IO | PARALLEL_DIRECT_WRITES).putInt(0);
  }

  private void open(Request in, Answer out) throws IOException {
    int flags = in.nextInt();
    opened(in.node(), files.open(existing(in.node()), modes(flags)), out);
  }

  private void create(Request in, Answer out) throws IOException {
    int flags = in.nextInt();
    in.skip(12);
    String name = in.nextName();
    Set<OpenMode> modes = modes(flags);
    modes.add(OpenMode.CREATE);
    if ((flags & O_EXCL) != 0) {
      modes.add(OpenMode.EXCLUSIVE);
    }
    PolarFile file = files.open(nodes.path(in.node(), name), modes);
    FileStat stat = file.stat();
    long node = nodes.known(in.node(), name, stat.inode());
    out.putEntry(node, stat, 1, validSeconds);
    opened(node, file, out);
  }

  private void read(Request in, Answer out) throws IOException {
    OpenHandle handle = handle(in.nextLong());
    long offset = in.nextLong();
    int bytes = in.nextInt();
    out.filled(handle.file().read(offset, out.room(bytes)));
  }

  private void write(Request in, Answer out) throws IOException {
    OpenHandle handle = handle(in.nextLong());
    long offset = in.nextLong();
    int bytes = in.nextInt();
    in.skip(20);
    handle.file().write(offset, in.nextBytes(bytes));
    out.putInt(bytes).putInt(0);
  }

  private int allocate(Request in) throws IOException {
    OpenHandle handle = handle(in.nextLong());
    long offset = in.nextLong();
    long length = in.nextLong();
    int mode = in.nextInt();
    switch (mode) {
      case 0 -> handle.file().allocate(offset, length);
      case KEEP_SIZE -> handle.file().allocateKeepingSize(offset, length);
      case KEEP_SIZE | PUNCH_HOLE -> handle.file().punch(offset, length);
      default -> {
        return ErrorNumbers.EOPNOTSUPP; // ZERO_RANGE, COLLAPSE_RANGE and the others
      }
    }
    return 0;
  }

  private void release(long number) throws IOException {
    OpenHandle handle = open.remove(number);
    if (handle != null) {
      handle.file().close();
    }
  }

  /** Closes what the kernel left open when the mount ended. */
  void closeAll() throws IOException {
    for (Long number : List.copyOf(open.keySet())) {
      release(number);
    }
  }
}
