package io.polarj.pfs.volume;

/** A run of a file's bytes on its volume; the last one may reach beyond the file's size. */
public record FileExtent(long fileOffset, long volumeOffset, long bytes) {}
