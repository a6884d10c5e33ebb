/** The file API over a directory of the host's file system. */
package io.polarj.pfs.local;
