/** The kernel's side of FUSE: mounting, and moving requests and answers through /dev/fuse. */
package io.polarj.platform.fuse;
