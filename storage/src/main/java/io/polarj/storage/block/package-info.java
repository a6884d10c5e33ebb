/**
 * The data blocks of a disk: which block belongs to which chunk, checksums of their sectors, the
 * written but not yet stored sectors in memory, and the chunk replica's view of it all.
 */
package io.polarj.storage.block;
