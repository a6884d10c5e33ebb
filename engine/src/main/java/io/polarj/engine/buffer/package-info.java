/** Tablespaces, the buffer pool, flushing, and redo that waits for its page. */
package io.polarj.engine.buffer;
