/** Seeded random streams. */
package io.polarj.platform.random;
