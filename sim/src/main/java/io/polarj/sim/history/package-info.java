/** Histories of client operations, and the checker that judges them. */
package io.polarj.sim.history;
