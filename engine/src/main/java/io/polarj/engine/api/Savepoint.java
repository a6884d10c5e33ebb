package io.polarj.engine.api;

/** A point in a transaction; opaque to callers. */
public interface Savepoint {}
