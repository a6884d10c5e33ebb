package io.polarj.engine.schema;

/**
 * A part of an index: the column's ordinal, and how many characters or bytes of it count (0: all).
 */
public record IndexColumn(int column, int prefixLength) {}
