// The options a file is opened with, checked as the JDK's own provider checks them.
package io.polarj.pfs.nio;

import com.sun.nio.file.ExtendedOpenOption;
import io.polarj.pfs.file.OpenMode;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

record OpenOptions(
    boolean readable,
    boolean writable,
    boolean append,
    boolean deleteOnClose,
    Set<OpenMode> modes) {

  static OpenOptions of(Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
    EnumSet<StandardOpenOption> standard = EnumSet.noneOf(StandardOpenOption.class);
    for (OpenOption option : options) {
      if (Objects.requireNonNull(option) instanceof StandardOpenOption known) {
        standard.add(known);
      } else if (option != LinkOption.NOFOLLOW_LINKS && option != ExtendedOpenOption.DIRECT) {
        throw new UnsupportedOperationException(option + " not supported");
      }
    }
    if (attributes.length > 0) {
      throw new UnsupportedOperationException(
          "'" + attributes[0].name() + "' not supported as initial attribute");
    }
    boolean append = standard.contains(StandardOpenOption.APPEND);
    boolean writable = append || standard.contains(StandardOpenOption.WRITE);
    boolean readable = standard.contains(StandardOpenOption.READ) || !writable;
    if (readable && append) {
      throw new IllegalArgumentException("READ + APPEND not allowed");
    }
    if (append && standard.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
    }
    boolean deleteOnClose = standard.contains(StandardOpenOption.DELETE_ON_CLOSE);
    return new OpenOptions(readable, writable, append, deleteOnClose, modes(standard, writable));
  }

  private static Set<OpenMode> modes(EnumSet<StandardOpenOption> options, boolean writable) {
    EnumSet<OpenMode> modes = EnumSet.of(OpenMode.READ);
    if (writable) {
      modes.add(OpenMode.WRITE);
      if (options.contains(StandardOpenOption.CREATE_NEW)) {
        modes.add(OpenMode.CREATE);
        modes.add(OpenMode.EXCLUSIVE);
      } else if (options.contains(StandardOpenOption.CREATE)) {
        modes.add(OpenMode.CREATE);
      }
      if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
        modes.add(OpenMode.TRUNCATE);
      }
    }
    return modes;
  }
}
