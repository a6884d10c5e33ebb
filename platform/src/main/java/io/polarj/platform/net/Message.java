package io.polarj.platform.net;

/**
 * Something one node tells another: an immutable record. Arrays inside are not changed once the
 * message was sent, by the sender or the receiver, so that an in-process network can hand over the
 * object itself.
 */
public interface Message {}
