package io.polarj.pfs.file;

/** Space in bytes. */
public record SpaceStat(long totalBytes, long freeBytes, long files) {}
