/** The file API: what the engine and the tools see, whatever is beneath. */
package io.polarj.pfs.file;
