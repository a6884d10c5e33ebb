/**
 * PolarCtrl's state machine and what it keeps on disk. {@link
 * io.polarj.polarctrl.state.ControlPlane} is sans-I/O: it lives on one loop, gets messages and
 * ticks, and answers through the sinks it was given; only the {@link
 * io.polarj.polarctrl.state.CtrlStore} waits for a disk, which is allowed here because PolarCtrl is
 * not in the way of any I/O.
 */
package io.polarj.polarctrl.state;
