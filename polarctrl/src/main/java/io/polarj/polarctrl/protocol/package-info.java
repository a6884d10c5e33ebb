/**
 * What PolarSwitch, the database nodes and the tools say to PolarCtrl and hear from it, as records
 * with a codec (type ids from 0x0400). ChunkServers speak {@code io.polarj.storage.protocol} to it.
 * Requests are safe to repeat: a client sends one again, with the same id, until it is answered.
 */
package io.polarj.polarctrl.protocol;
