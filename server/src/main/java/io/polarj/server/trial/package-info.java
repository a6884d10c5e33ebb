/**
 * A storage cluster of real processes under verified I/O: faults by signal and by destroyed disks,
 * and what I/O costs from a client's view. {@code polarj bench faults} and its neighbours.
 */
package io.polarj.server.trial;
