/**
 * Scenarios that run the production replica of a chunk on simulated disks and networks, and the
 * checkers that judge what came of it.
 */
package io.polarj.sim.raft;
