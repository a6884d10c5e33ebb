package io.polarj.polarctrl.protocol;

/** Asks for everything {@code polarj status} shows. */
public record StatusRequest(long requestId) implements CtrlRequest {}
