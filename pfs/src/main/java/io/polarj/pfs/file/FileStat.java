package io.polarj.pfs.file;

/**
 * What {@code stat} tells; times in milliseconds since 1970. {@code allocatedBytes} is what the
 * file takes up.
 */
public record FileStat(
    String name,
    long inode,
    boolean directory,
    long size,
    long allocatedBytes,
    long modifiedMillis) {}
