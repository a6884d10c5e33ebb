/** The volume as the file system sees it: one range of bytes. */
package io.polarj.pfs.device;
