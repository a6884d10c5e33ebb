package io.polarj.engine.page;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing run of encoded page operations. One thread. */
public final class OpBuffer {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN)
          .withInvokeExactBehavior();
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
          .withInvokeExactBehavior();
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
          .withInvokeExactBehavior();

  private byte[] bytes = new byte[128];
  private int length;

  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public OpBuffer put1(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  public OpBuffer put2(int value) {
    room(2);
    SHORT.set(bytes, length, (short) value);
    length += 2;
    return this;
  }

  public OpBuffer put4(int value) {
    room(4);
    INT.set(bytes, length, value);
    length += 4;
    return this;
  }

  public OpBuffer put8(long value) {
    room(8);
    LONG.set(bytes, length, value);
    length += 8;
    return this;
  }

  public OpBuffer put(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Overwrites what is at the offset already. */
  public void set4(int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /** Adds zeros up to a multiple of 8. */
  public void padTo8() {
    room(8);
    while (length % 8 != 0) {
      bytes[length++] = 0;
    }
  }

  private void room(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
