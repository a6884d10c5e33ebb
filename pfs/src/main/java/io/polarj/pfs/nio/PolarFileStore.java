// The space of a volume.
package io.polarj.pfs.nio;

import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.SpaceStat;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.util.Objects;

final class PolarFileStore extends FileStore {
  private final PolarFileSystem fileSystem;

  PolarFileStore(PolarFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  private SpaceStat space() throws IOException {
    return PosixErrors.of("/", () -> fileSystem.mounted().space());
  }

  @Override
  public String name() {
    return fileSystem.volume();
  }

  @Override
  public String type() {
    return "polarfs";
  }

  @Override
  public boolean isReadOnly() {
    return fileSystem.isReadOnly();
  }

  @Override
  public long getTotalSpace() throws IOException {
    return space().totalBytes();
  }

  @Override
  public long getUsableSpace() throws IOException {
    return space().freeBytes();
  }

  @Override
  public long getUnallocatedSpace() throws IOException {
    return space().freeBytes();
  }

  /** What direct transfers are to be aligned to. */
  @Override
  public long getBlockSize() {
    return VolumeDevice.ALIGNMENT;
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return Objects.requireNonNull(type) == BasicFileAttributeView.class;
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return name.equals("basic");
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
    Objects.requireNonNull(type);
    return null;
  }

  @Override
  public Object getAttribute(String attribute) throws IOException {
    return switch (attribute) {
      case "totalSpace" -> getTotalSpace();
      case "usableSpace" -> getUsableSpace();
      case "unallocatedSpace" -> getUnallocatedSpace();
      default -> throw new UnsupportedOperationException("'" + attribute + "' not recognized");
    };
  }
}
