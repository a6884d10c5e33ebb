/**
 * Hosts that crash, and what makes them: numbered faults, drawn from the seed, that can be left
 * out.
 */
package io.polarj.sim.fault;
