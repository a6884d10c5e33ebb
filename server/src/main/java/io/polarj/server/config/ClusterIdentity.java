package io.polarj.server.config;

import io.polarj.platform.net.Address;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * What stays the same for a cluster's life, in {@code DIR/cluster.properties}: its number, and the
 * ports of its roles, which the ChunkServers remember of each other.
 */
public record ClusterIdentity(long clusterId, String host, int basePort, int chunkServers) {
  public static final String FILE = "cluster.properties";
  public static final String VOLUME = "db";
  private static final int FORMAT = 1;

  /** The identity in the directory, or null when no cluster was made there yet. */
  public static ClusterIdentity read(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
      int format = Integer.parseInt(properties.getProperty("format"));
      if (format != FORMAT) {
        throw new StartException(
            file + " has format " + format + "; this version of PolarJ reads format " + FORMAT);
      }
      return new ClusterIdentity(
          Long.parseUnsignedLong(properties.getProperty("cluster.id"), 16),
          properties.getProperty("internal.host"),
          Integer.parseInt(properties.getProperty("internal.port")),
          Integer.parseInt(properties.getProperty("chunkservers")));
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw new StartException(
          file
              + " is damaged ("
              + e.getMessage()
              + "); restore it, or use another data directory with --data",
          e);
    }
  }

  /** Writes the identity durably; the cluster exists from then on. */
  public void write(Path dataDirectory) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("format", String.valueOf(FORMAT));
    properties.setProperty("cluster.id", Long.toHexString(clusterId));
    properties.setProperty("internal.host", host);
    properties.setProperty("internal.port", String.valueOf(basePort));
    properties.setProperty("chunkservers", String.valueOf(chunkServers));
    StringWriter text = new StringWriter();
    properties.store(text, "Made by PolarJ; do not edit.");
    Path temporary = dataDirectory.resolve(FILE + ".new");
    Files.writeString(temporary, text.toString());
    try (FileChannel channel =
        FileChannel.open(temporary, java.nio.file.StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(temporary, dataDirectory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  public Address polarCtrl() {
    return new Address(host, basePort);
  }

  /** Nodes are numbered from 1. */
  public Address chunkServer(int node) {
    return new Address(host, basePort + node);
  }

  /** The port of PolarCtrl's admin API. */
  public int adminPort() {
    return basePort + 81;
  }

  /** Where replicas attach to the primary. */
  public Address announcer() {
    return new Address(host, basePort + 80);
  }
}
