package io.polarj.polarctrl.protocol;

/** The service counts as alive for so long from the moment it sent its heartbeat. */
public record ServiceHeartbeatReply(long requestId, long leaseMillis) implements CtrlReply {}
