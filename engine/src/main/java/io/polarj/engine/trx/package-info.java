/** Transactions: ids and commit LSNs, snapshots, undo, rollback, purge. */
package io.polarj.engine.trx;
