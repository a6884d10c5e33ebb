package io.polarj.pfs.volume;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.format.MetadataObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An absolute path, cut into checked names. */
record PathName(String text, List<String> names) {
  static PathName parse(String path) throws PfsException {
    if (!path.startsWith("/")) {
      throw new PfsException(Errno.EINVAL, path + " is not an absolute path");
    }
    List<String> names = new ArrayList<>();
    for (String name : path.split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      if (name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
        throw new PfsException(Errno.EINVAL, path + " has the name '" + name + "'");
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > MetadataObject.NAME_MAX_BYTES) {
        throw new PfsException(Errno.ENAMETOOLONG, path);
      }
      names.add(name);
    }
    return new PathName(path, List.copyOf(names));
  }

  boolean isRoot() {
    return names.isEmpty();
  }

  String last() {
    return names.get(names.size() - 1);
  }

  /** Whether the other path is this one or lies beneath it. */
  boolean contains(PathName other) {
    return other.names.size() >= names.size() && other.names.subList(0, names.size()).equals(names);
  }
}
