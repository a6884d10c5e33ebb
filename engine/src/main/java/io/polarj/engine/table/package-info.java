/** Rows over clustered and secondary trees: writes, MVCC reads, locking reads, undo and purge. */
package io.polarj.engine.table;
