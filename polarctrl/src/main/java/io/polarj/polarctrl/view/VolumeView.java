package io.polarj.polarctrl.view;

/** A volume; the counts are of its chunks by state. */
public record VolumeView(
    long id,
    String name,
    long sizeBytes,
    long targetBytes,
    long chunkBytes,
    int replicas,
    long epoch,
    String writer,
    int chunks,
    int healthy,
    int degraded,
    int underReplicated,
    int unavailable,
    long allocatedBytes,
    IoView io) {}
