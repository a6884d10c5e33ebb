package io.polarj.engine.kernel;

import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageOps;
import io.polarj.engine.redo.RedoFormat;
import io.polarj.engine.redo.RedoGroup;
import io.polarj.engine.redo.RedoReader;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What the pages have to be at an LSN: the whole log from its beginning, applied one by one. */
final class RedoModel implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Map<Long, MemorySegment> pages = new TreeMap<>();
  private final RedoReader reader;

  RedoModel(FileSystem fileSystem, long redoFileBytes) {
    reader = new RedoReader(fileSystem, redoFileBytes, RedoFormat.FIRST_LSN);
  }

  /** Goes on to the LSN, which must be the end of a group; returns where it came to. */
  long advance(long lsn) throws IOException {
    for (RedoGroup group; (group = reader.next(lsn)) != null; ) {
      long end = group.endLsn();
      group.visit(
          new RedoGroup.Visitor() {
            @Override
            public void page(long pageId, byte[] bytes, int offset, int length) {
              MemorySegment page =
                  pages.computeIfAbsent(pageId, _ -> arena.allocate(PageLayout.PAGE_BYTES, 4096));
              PageOps.apply(page, bytes, offset, length, end);
            }

            @Override
            public void logical(int type, byte[] payload) {}

            @Override
            public void structureChange(long indexId) {}
          });
    }
    return reader.lsn();
  }

  /** Pages without their checksums. */
  Map<Long, byte[]> pages(int spaceId) {
    Map<Long, byte[]> copy = new TreeMap<>();
    pages.forEach((id, page) -> {
      if (PageId.space(id) == spaceId) {
        byte[] bytes = page.toArray(ValueLayout.JAVA_BYTE);
        Arrays.fill(bytes, PageLayout.CRC, PageLayout.MAGIC, (byte) 0);
        copy.put(id, bytes);
      }
    });
    return copy;
  }

  @Override
  public void close() throws IOException {
    reader.close();
    arena.close();
  }
}
