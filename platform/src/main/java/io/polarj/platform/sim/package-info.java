/**
 * The simulated twins of loops, clocks, network and disk: one thread, virtual time, every choice
 * drawn from a seed. Only tests and the module {@code sim} may import this package.
 */
package io.polarj.platform.sim;
