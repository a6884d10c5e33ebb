/** Checkpoints and the start from one. */
package io.polarj.engine.recovery;
