/**
 * PolarSwitch: the way of a volume's reads and writes to the leaders of its chunks.
 *
 * <p>{@link io.polarj.pfs.polarswitch.PolarSwitch} takes requests from any thread and hands them to
 * its loop; there {@code SwitchCore}, which is sans-I/O, cuts them at chunk edges, sends the pieces
 * to the leaders, and sends them again under the same number until they are answered (S7) or the
 * request's time is over. Routes come from PolarCtrl and are kept: with PolarCtrl dead, I/O goes
 * on.
 */
package io.polarj.pfs.polarswitch;
