// One FUSE mount: /dev/fuse, opened and mounted by mount(2), which takes root. Requests are read
// and
// answers written as whole messages; what is in them is the caller's matter. Any number of threads
// may read and write at once. The mount ends with close, or with umount(8).
package io.polarj.platform.fuse;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

public final class FuseDevice implements AutoCloseable {
  private static final Path DEVICE = Path.of("/dev/fuse");
  private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
  private static final long MS_NOSUID_NODEV = 2 | 4;
  private static final int MNT_DETACH = 2;
  private static final int EINTR = 4;
  private static final int ENOENT = 2;
  private static final int EAGAIN = 11;
  private static final int ENODEV = 19;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> ERRNO_PLACE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private static final MethodHandle OPEN =
      bind(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      bind("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle READ = bind("read", transfer());
  private static final MethodHandle WRITE = bind("write", transfer());
  private static final MethodHandle MOUNT =
      bind(
          "mount",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS));
  private static final MethodHandle UMOUNT =
      bind(
          "umount2",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          SYMBOLS.find("strerror").orElseThrow(),
          FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

  private final int fd;
  private final Path mountPoint;
  private final AtomicBoolean mounted = new AtomicBoolean(true);

  private FuseDevice(int fd, Path mountPoint) {
    this.fd = fd;
    this.mountPoint = mountPoint;
  }

  private static FunctionDescriptor transfer() {
    return FunctionDescriptor.of(
        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  }

  private static MethodHandle bind(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    return LINKER.downcallHandle(SYMBOLS.find(name).orElseThrow(), descriptor, all);
  }

  /** Why nothing can be mounted here, or null. */
  public static String missing() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return "FUSE is a part of Linux";
    }
    if (!Files.exists(DEVICE)) {
      return DEVICE + " does not exist: the kernel has no FUSE, or its module is not loaded";
    }
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return DEVICE + " is not open to this user: mounting takes root";
    }
    return null;
  }

  /** Mounts on an existing directory. {@code name} is what stands in the mount table. */
  public static FuseDevice mount(Path mountPoint, String name, boolean readOnly)
      throws IOException {
    String missing = missing();
    if (missing != null) {
      throw new IOException(missing);
    }
    if (!Files.isDirectory(mountPoint)) {
      throw new IOException(mountPoint + " is not a directory");
    }
    Path real = mountPoint.toRealPath();
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) call(OPEN, arena.allocateFrom(DEVICE.toString()), O_RDWR_CLOEXEC);
      if (fd < 0) {
        throw new IOException("opening " + DEVICE + ": " + message(-fd));
      }
      String options =
          "fd=" + fd + ",rootmode=40000,user_id=0,group_id=0,default_permissions," + "allow_other";
      long result =
          call(
              MOUNT,
              arena.allocateFrom(name),
              arena.allocateFrom(real.toString()),
              arena.allocateFrom("fuse.polarfs"),
              MS_NOSUID_NODEV | (readOnly ? 1 : 0),
              arena.allocateFrom(options));
      if (result < 0) {
        call(CLOSE, fd);
        throw new IOException("mounting on " + real + ": " + message((int) -result));
      }
      return new FuseDevice(fd, real);
    }
  }

  /** Waits for a request; its bytes, or -1 when the mount has ended. */
  public long read(MemorySegment into) throws IOException {
    while (true) {
      long bytes = transfer(READ, into);
      if (bytes >= 0) {
        return bytes;
      }
      int errno = (int) -bytes;
      if (errno == ENODEV) {
        return -1;
      }
      if (errno != EINTR && errno != EAGAIN && errno != ENOENT) {
        throw new IOException("reading " + DEVICE + ": " + message(errno));
      }
    }
  }

  /** Sends an answer; one that nobody waits for any more is dropped by the kernel. */
  public void write(MemorySegment answer) throws IOException {
    long bytes = transfer(WRITE, answer);
    if (bytes < 0 && -bytes != ENOENT && -bytes != ENODEV) {
      throw new IOException("writing " + DEVICE + ": " + message((int) -bytes));
    }
  }

  /** Takes the mount out of the tree; readers come back with -1 when its last user is gone. */
  public void unmount() throws IOException {
    if (mounted.compareAndSet(true, false)) {
      try (Arena arena = Arena.ofConfined()) {
        long result = call(UMOUNT, arena.allocateFrom(mountPoint.toString()), MNT_DETACH);
        if (result < 0 && -result != 22) { // EINVAL: somebody has unmounted it already
          throw new IOException("unmounting " + mountPoint + ": " + message((int) -result));
        }
      }
    }
  }

  /** Ends the connection; call it when no thread reads any more. */
  @Override
  public void close() throws IOException {
    try {
      unmount();
    } finally {
      call(CLOSE, fd);
    }
  }

  private static String message(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0) + " (errno " + errno + ")";
    } catch (Throwable e) {
      throw new IllegalStateException("strerror", e);
    }
  }

  /** The hot one: not through {@link #call}, which boxes its arguments. */
  private long transfer(MethodHandle function, MemorySegment memory) {
    MemorySegment state = ERRNO_PLACE.get();
    try {
      long result = (long) function.invokeExact(state, fd, memory, memory.byteSize());
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw new IllegalStateException("native call", e);
    }
  }

  private static long call(MethodHandle function, Object... arguments) {
    MemorySegment state = ERRNO_PLACE.get();
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    try {
      long result = ((Number) function.invokeWithArguments(all)).longValue();
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw new IllegalStateException("native call", e);
    }
  }
}
