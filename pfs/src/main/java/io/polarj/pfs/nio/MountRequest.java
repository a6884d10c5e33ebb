// What FileSystems.newFileSystem is asked for: the environment, checked.
package io.polarj.pfs.nio;

import io.polarj.pfs.mount.ClusterAddress;
import io.polarj.pfs.mount.RemoteVolume;
import io.polarj.platform.net.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

record MountRequest(ClusterAddress cluster, boolean writable, String owner, boolean takeOver) {
  private static final Set<String> KEYS =
      Set.of("data", "polarctrl", "cluster", "mode", "owner", "takeover");

  static MountRequest of(Map<String, ?> environment) throws IOException {
    for (String key : environment.keySet()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException("unknown key '" + key + "'; there are " + KEYS);
      }
    }
    String mode = text(environment, "mode", "ro");
    if (!mode.equals("ro") && !mode.equals("rw")) {
      throw new IllegalArgumentException("mode is ro or rw, not " + mode);
    }
    return new MountRequest(
        cluster(environment),
        mode.equals("rw"),
        text(environment, "owner", "java-" + ProcessHandle.current().pid()),
        Boolean.parseBoolean(text(environment, "takeover", "false")));
  }

  private static ClusterAddress cluster(Map<String, ?> environment) throws IOException {
    String data = text(environment, "data", null);
    if (data != null) {
      return ClusterAddress.ofDataDirectory(Path.of(data));
    }
    String polarCtrl = text(environment, "polarctrl", null);
    String cluster = text(environment, "cluster", null);
    if (polarCtrl == null || cluster == null) {
      throw new IllegalArgumentException(
          "say where the volume is: data (the cluster's data directory), or polarctrl (host:port)"
              + " and cluster (its number, in hexadecimal digits)");
    }
    return new ClusterAddress(Long.parseUnsignedLong(cluster, 16), Address.parse(polarCtrl));
  }

  private static String text(Map<String, ?> environment, String key, String otherwise) {
    Object value = environment.get(key);
    return value == null ? otherwise : value.toString();
  }

  RemoteVolume mount(String volume) throws IOException {
    var networks = RemoteVolume.tcp(cluster);
    return writable
        ? RemoteVolume.readWrite(volume, cluster, networks, owner, takeOver)
        : RemoteVolume.readOnly(volume, cluster, networks);
  }
}
