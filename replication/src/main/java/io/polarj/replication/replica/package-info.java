/** The replica's side: attachment, applying redo, reads under a lease. */
package io.polarj.replication.replica;
