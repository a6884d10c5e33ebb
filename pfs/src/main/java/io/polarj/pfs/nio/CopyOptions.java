// The options of copy and move, checked as the JDK's own provider checks them.
package io.polarj.pfs.nio;

import com.sun.nio.file.ExtendedCopyOption;
import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

record CopyOptions(boolean replace, boolean attributes, boolean atomic) {
  static CopyOptions forCopy(CopyOption... options) {
    CopyOptions result = of(options);
    if (result.atomic) {
      throw new UnsupportedOperationException("ATOMIC_MOVE is not an option of copy");
    }
    return result;
  }

  static CopyOptions forMove(CopyOption... options) {
    CopyOptions result = of(options);
    if (result.attributes) {
      throw new UnsupportedOperationException("COPY_ATTRIBUTES is not an option of move");
    }
    return result;
  }

  private static CopyOptions of(CopyOption... options) {
    boolean replace = false;
    boolean attributes = false;
    boolean atomic = false;
    for (CopyOption option : options) {
      Objects.requireNonNull(option);
      if (option == StandardCopyOption.REPLACE_EXISTING) {
        replace = true;
      } else if (option == StandardCopyOption.COPY_ATTRIBUTES) {
        attributes = true;
      } else if (option == StandardCopyOption.ATOMIC_MOVE) {
        atomic = true;
      } else if (option != LinkOption.NOFOLLOW_LINKS
          && option != ExtendedCopyOption.INTERRUPTIBLE) {
        throw new UnsupportedOperationException(option + " not supported");
      }
    }
    return new CopyOptions(replace, attributes, atomic);
  }
}
