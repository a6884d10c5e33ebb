/** The file system tools: {@code polarj pfs}. */
package io.polarj.server.pfs;
