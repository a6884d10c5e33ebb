package io.polarj.platform.net.rdma;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether this machine can speak RDMA, found out through {@code java.lang.foreign} alone, before
 * any class of the RDMA library is touched: a failed load of those cannot be tried again in the
 * same JVM.
 */
public final class RdmaProbe {
  private static final String VERBS = "libibverbs.so.1";
  private static final String CONNECTIONS = "librdmacm.so.1";
  private static final String BRIDGE = "disni";

  private RdmaProbe() {}

  /** What is missing, in the order in which an operator would put it right, or nothing. */
  public static Optional<String> missing() {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup verbs = library(VERBS, arena);
      if (verbs == null) {
        return Optional.of("the library " + VERBS + " (package libibverbs1, or rdma-core)");
      }
      if (library(CONNECTIONS, arena) == null) {
        return Optional.of("the library " + CONNECTIONS + " (package librdmacm1, or rdma-core)");
      }
      if (countDevices(verbs, arena) == 0) {
        return Optional.of("an RDMA device (`ibv_devices` lists what there is)");
      }
      return bridgeMissing(System.getProperty("java.library.path", ""));
    }
  }

  private static SymbolLookup library(String name, Arena arena) {
    try {
      return SymbolLookup.libraryLookup(name, arena);
    } catch (IllegalArgumentException cannotBeLoaded) {
      return null;
    }
  }

  /** A kernel without RDMA gives no list at all. */
  private static int countDevices(SymbolLookup verbs, Arena arena) {
    Linker linker = Linker.nativeLinker();
    try {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment list =
          (MemorySegment)
              linker
                  .downcallHandle(
                      verbs.find("ibv_get_device_list").orElseThrow(),
                      FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                  .invokeExact(count);
      if (list.equals(MemorySegment.NULL)) {
        return 0;
      }
      linker
          .downcallHandle(
              verbs.find("ibv_free_device_list").orElseThrow(),
              FunctionDescriptor.ofVoid(ValueLayout.ADDRESS))
          .invokeExact(list);
      return count.get(ValueLayout.JAVA_INT, 0);
    } catch (Throwable e) {
      throw new IllegalStateException("ibv_get_device_list", e);
    }
  }

  static Optional<String> bridgeMissing(String libraryPath) {
    String file = System.mapLibraryName(BRIDGE);
    for (String directory : libraryPath.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory, file);
      if (Files.isRegularFile(candidate)) {
        return loads(candidate)
            ? Optional.empty()
            : Optional.of("a loadable " + candidate + " (`ldd` tells why it is not)");
      }
    }
    return Optional.of(
        file
            + " of DiSNI 2.0 in java.library.path ("
            + libraryPath
            + "); build it from its source");
  }

  private static boolean loads(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      return library(file.toAbsolutePath().toString(), arena) != null;
    }
  }
}
