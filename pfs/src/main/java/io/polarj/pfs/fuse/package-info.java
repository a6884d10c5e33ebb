/**
 * A mounted volume as a directory of the host, through FUSE: for programs that know nothing of it.
 */
package io.polarj.pfs.fuse;
