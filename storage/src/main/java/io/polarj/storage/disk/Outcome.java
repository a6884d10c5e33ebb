package io.polarj.storage.disk;

import java.io.IOException;

/** Told once how an asynchronous step ended: either the value or the error is null. */
@FunctionalInterface
public interface Outcome<T> {
  void completed(T value, IOException error);
}
