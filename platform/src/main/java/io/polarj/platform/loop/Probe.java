package io.polarj.platform.loop;

/**
 * A place in the code that is rarely reached, so that it is worth knowing whether tests reach it.
 * Each module has an enum of its own.
 */
public interface Probe {
  String name();
}
