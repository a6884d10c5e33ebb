/** B+trees over byte keys and byte values. */
package io.polarj.engine.btree;
