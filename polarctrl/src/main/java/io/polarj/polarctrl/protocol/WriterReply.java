package io.polarj.polarctrl.protocol;

/** The asker's epoch, and how long its lease lasts from the moment it asked. */
public record WriterReply(long requestId, long volume, long epoch, long leaseMillis)
    implements CtrlReply {}
