package io.polarj.engine.mtr;

import io.polarj.engine.buffer.Frame;
import io.polarj.engine.page.OpBuffer;
import io.polarj.engine.page.PageBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A page that a {@link PageMtr} holds, with the operations it has done on it. */
final class FixedPage implements PageRef {
  final Frame frame;
  final long pageId;
  final Latch latch;
  private final long stamp;
  private final MemorySegment memory;
  OpBuffer ops;
  int[] stamps;
  int stampCount;
  boolean held = true;

  FixedPage(Frame frame, long pageId, Latch latch, long stamp) {
    this.frame = frame;
    this.pageId = pageId;
    this.latch = latch;
    this.stamp = stamp;
    this.memory = frame.memory();
  }

  MemorySegment writable() {
    return memory;
  }

  boolean changed() {
    return ops != null;
  }

  OpBuffer ops() {
    if (latch != Latch.EXCLUSIVE || !held) {
      throw new IllegalStateException("only an exclusively latched page can be changed");
    }
    if (ops == null) {
      ops = new OpBuffer();
    }
    return ops;
  }

  void unlatch() {
    held = false;
    frame.latch().unlock(stamp);
  }

  @Override
  public long pageId() {
    return pageId;
  }

  @Override
  public MemorySegment memory() {
    return frame.readOnlyMemory();
  }

  @Override
  public long lsn() {
    return PageBytes.lsn(memory);
  }

  @Override
  public int getByte(int offset) {
    return memory.get(PageBytes.BYTE, offset) & 0xff;
  }

  @Override
  public int getShort(int offset) {
    return memory.get(PageBytes.SHORT, offset) & 0xffff;
  }

  @Override
  public int getInt(int offset) {
    return memory.get(PageBytes.INT, offset);
  }

  @Override
  public long getLong(int offset) {
    return memory.get(PageBytes.LONG, offset);
  }

  @Override
  public void getBytes(int offset, byte[] target, int targetOffset, int length) {
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, target, targetOffset, length);
  }

  @Override
  public Latch latch() {
    return latch;
  }
}
