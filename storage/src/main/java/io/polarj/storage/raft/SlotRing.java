package io.polarj.storage.raft;

/** Slots by index between a moving base and the last index, holes allowed; grows as needed. */
final class SlotRing {
  private Slot[] slots = new Slot[64];
  private long base;
  private long last;

  SlotRing(long base) {
    this.base = base;
    this.last = base;
  }

  /** Indices up to here are gone. */
  long base() {
    return base;
  }

  /** The highest index held, or the base. */
  long last() {
    return last;
  }

  Slot slot(long index) {
    return index <= base || index > last ? null : slots[(int) (index & (slots.length - 1))];
  }

  void put(long index, Slot slot) {
    if (index <= base) {
      throw new IllegalArgumentException("index " + index + " is at or below base " + base);
    }
    ensure(index - base);
    slots[(int) (index & (slots.length - 1))] = slot;
    last = Math.max(last, index);
  }

  void truncateFrom(long index) {
    for (long i = Math.max(index, base + 1); i <= last; i++) {
      slots[(int) (i & (slots.length - 1))] = null;
    }
    last = Math.max(base, Math.min(last, index - 1));
    while (last > base && slot(last) == null) {
      last--;
    }
  }

  void dropUpTo(long index) {
    for (long i = base + 1; i <= Math.min(index, last); i++) {
      slots[(int) (i & (slots.length - 1))] = null;
    }
    base = Math.max(base, index);
    last = Math.max(base, last);
  }

  private void ensure(long span) {
    if (span < slots.length) {
      return;
    }
    int size = slots.length;
    while (size <= span) {
      size = Math.multiplyExact(size, 2);
    }
    Slot[] larger = new Slot[size];
    for (long i = base + 1; i <= last; i++) {
      larger[(int) (i & (size - 1))] = slots[(int) (i & (slots.length - 1))];
    }
    slots = larger;
  }
}
