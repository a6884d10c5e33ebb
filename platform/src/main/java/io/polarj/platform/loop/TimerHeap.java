package io.polarj.platform.loop;

import java.util.Arrays;

/**
 * A binary heap of timers in which every timer knows its place, so that cancelling one frees it at
 * once: request deadlines are nearly always cancelled, long before they are due. Timers of the same
 * deadline run in the order in which they were added. Not thread-safe.
 */
final class TimerHeap {
  private LoopTimer[] heap = new LoopTimer[64];
  private int size;
  private long sequence;

  boolean isEmpty() {
    return size == 0;
  }

  /** The timer that is due first; the heap must not be empty. */
  LoopTimer first() {
    return heap[0];
  }

  void add(LoopTimer timer) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    timer.sequence = sequence++;
    size++;
    siftUp(size - 1, timer);
  }

  void remove(LoopTimer timer) {
    int at = timer.index;
    if (at < 0) {
      return;
    }
    timer.index = -1;
    size--;
    LoopTimer last = heap[size];
    heap[size] = null;
    if (at == size) {
      return;
    }
    siftDown(at, last);
    if (heap[at] == last) {
      siftUp(at, last);
    }
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      heap[i].index = -1;
      heap[i] = null;
    }
    size = 0;
  }

  private void siftUp(int from, LoopTimer timer) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!timer.before(heap[parent])) {
        break;
      }
      place(at, heap[parent]);
      at = parent;
    }
    place(at, timer);
  }

  private void siftDown(int from, LoopTimer timer) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && heap[child + 1].before(heap[child])) {
        child++;
      }
      if (!heap[child].before(timer)) {
        break;
      }
      place(at, heap[child]);
      at = child;
    }
    place(at, timer);
  }

  private void place(int at, LoopTimer timer) {
    heap[at] = timer;
    timer.index = at;
  }
}
