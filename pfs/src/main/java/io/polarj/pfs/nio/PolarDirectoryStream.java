// The entries of a directory as they were when the stream was opened.
package io.polarj.pfs.nio;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

final class PolarDirectoryStream implements DirectoryStream<Path> {
  private final List<Path> entries;
  private final Filter<? super Path> filter;
  private final PolarFileSystem fileSystem;
  private volatile boolean closed;
  private boolean iterated;

  PolarDirectoryStream(
      PolarFileSystem fileSystem, List<Path> entries, Filter<? super Path> filter) {
    this.fileSystem = fileSystem;
    this.entries = entries;
    this.filter = filter;
    fileSystem.remember(this);
  }

  @Override
  public synchronized Iterator<Path> iterator() {
    if (closed) {
      throw new IllegalStateException("Directory stream is closed");
    }
    if (iterated) {
      throw new IllegalStateException("Iterator already obtained");
    }
    iterated = true;
    return new Filtered(entries.iterator());
  }

  private final class Filtered implements Iterator<Path> {
    private final Iterator<Path> all;
    private Path next;

    Filtered(Iterator<Path> all) {
      this.all = all;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && !closed && all.hasNext()) {
          Path candidate = all.next();
          next = filter.accept(candidate) ? candidate : null;
        }
      } catch (IOException e) {
        throw new DirectoryIteratorException(e);
      }
      return next != null;
    }

    @Override
    public Path next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Path result = next;
      next = null;
      return result;
    }
  }

  @Override
  public void close() {
    closed = true;
    fileSystem.forget(this);
  }
}
