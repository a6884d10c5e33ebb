/** Row locks and metadata locks, held to the end of a transaction, and deadlock detection. */
package io.polarj.engine.lock;
