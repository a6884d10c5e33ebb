/** What can go wrong in the engine, told to its callers. */
package io.polarj.engine.error;
