/**
 * The disk's one write-ahead log: a circular area of batches, each written and flushed as a whole
 * before anything in it counts as durable. Byte tables stand in the module's README.
 */
package io.polarj.storage.wal;
