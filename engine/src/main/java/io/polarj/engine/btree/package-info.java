/**
 * B+trees over byte keys (compared unsigned) and byte values.
 *
 * <p>Way in: {@link io.polarj.engine.btree.BTree}. {@code NodeLayout} is the page format, {@code
 * NodeSearch} reads a page, {@code NodeEdit} and {@code NodeImage} change one; {@code TreeSearch}
 * goes down, {@code TreeSplit} and {@code TreeMerge} change the structure, {@code TreeWrite} is one
 * conditional change of one key, {@code OverflowChain} keeps long values.
 *
 * <p>Latches, in the order in which they are taken: tree latch, pages from the root down, pages of
 * an overflow chain, the tablespace's header (through allocate and free). Nobody who holds a leaf
 * without the exclusive tree latch waits for another page of the tree or for an allocation.
 */
package io.polarj.engine.btree;
