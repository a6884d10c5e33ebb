/**
 * The MySQL client/server protocol on Netty. Every connection has a thread of its own that drives
 * its own event loop, so that a statement runs to its end on the thread that read its bytes and may
 * wait there for pages, locks and the log.
 */
package io.polarj.sql.protocol;
