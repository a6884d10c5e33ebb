// The basic attributes of a file. A volume keeps one time per file, that of the last change; it
// stands for the other two as well.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.FileStat;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

record PolarAttributes(FileStat stat) implements BasicFileAttributes {
  @Override
  public FileTime lastModifiedTime() {
    return FileTime.fromMillis(stat.modifiedMillis());
  }

  @Override
  public FileTime lastAccessTime() {
    return lastModifiedTime();
  }

  @Override
  public FileTime creationTime() {
    return lastModifiedTime();
  }

  @Override
  public boolean isRegularFile() {
    return !stat.directory();
  }

  @Override
  public boolean isDirectory() {
    return stat.directory();
  }

  @Override
  public boolean isSymbolicLink() {
    return false;
  }

  @Override
  public boolean isOther() {
    return false;
  }

  @Override
  public long size() {
    return stat.size();
  }

  @Override
  public Object fileKey() {
    return stat.inode();
  }

  /** The named attributes of the basic view, {@code *} for all. */
  Map<String, Object> named(String names) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("size", size());
    all.put("creationTime", creationTime());
    all.put("lastAccessTime", lastAccessTime());
    all.put("lastModifiedTime", lastModifiedTime());
    all.put("isDirectory", isDirectory());
    all.put("isRegularFile", isRegularFile());
    all.put("isSymbolicLink", isSymbolicLink());
    all.put("isOther", isOther());
    all.put("fileKey", fileKey());
    List<String> wanted = Arrays.asList(names.split(","));
    for (String name : wanted) {
      if (!name.equals("*") && !all.containsKey(name)) {
        throw new IllegalArgumentException("'" + name + "' not recognized");
      }
    }
    if (!wanted.contains("*")) {
      all.keySet().retainAll(wanted);
    }
    return all;
  }
}
