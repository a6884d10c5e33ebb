/**
 * PolarFS as a {@code java.nio.file} provider: {@code pfs://volume/path}. It stands on the file API
 * alone, so that it works over every mounted {@link io.polarj.pfs.file.FileSystem}.
 */
package io.polarj.pfs.nio;
