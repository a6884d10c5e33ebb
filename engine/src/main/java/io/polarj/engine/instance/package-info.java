/** Puts the engine together: the primary's and the replica's. */
package io.polarj.engine.instance;
