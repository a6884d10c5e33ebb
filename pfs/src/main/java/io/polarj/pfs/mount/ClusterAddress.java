// Where a cluster is found: its number and its PolarCtrl.
package io.polarj.pfs.mount;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.net.Address;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

public record ClusterAddress(long clusterId, Address polarCtrl) {
  private static final String FILE = "cluster.properties";

  /** Reads it in the data directory that {@code polarj up} made. */
  public static ClusterAddress ofDataDirectory(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      throw new PfsException(
          Errno.ENOENT, "there is no cluster in " + directory + "; `polarj up` makes one");
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
      return new ClusterAddress(
          Long.parseUnsignedLong(properties.getProperty("cluster.id"), 16),
          new Address(
              properties.getProperty("internal.host"),
              Integer.parseInt(properties.getProperty("internal.port"))));
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new PfsException(Errno.EINVAL, file + " is damaged: " + e.getMessage(), e);
    }
  }
}
