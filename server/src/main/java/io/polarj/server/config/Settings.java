package io.polarj.server.config;

import io.polarj.engine.instance.EngineConfig;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.IdleMode;
import io.polarj.polarctrl.state.MoveSettings;
import io.polarj.sql.protocol.auth.AuthPlugin;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.repair.ScrubSettings;
import io.polarj.storage.store.DiskOptions;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The settings of a cluster, read from {@code DIR/polarj.conf} (key = value). Every key has a
 * default and a description; unknown keys and bad values are refused with the key's name.
 * docs/SETTINGS.md is this table in words.
 */
public final class Settings {
  public static final String FILE = "polarj.conf";
  private static final String USER_PREFIX = "user.";

  private record Key(String name, String initial, String description) {}

  private static final Map<String, Key> KEYS = new LinkedHashMap<>();

  private static void key(String name, String initial, String description) {
    KEYS.put(name, new Key(name, initial, description));
  }

  static {
    key("volume.size", "16G", "size of the database's volume; fixed when the cluster is made");
    key("chunk.size", "1G", "size of a chunk, the unit of replication; fixed likewise");
    key("chunkservers", "3", "how many ChunkServers (and so disks) an `up` makes; at least 3");
    key("disk.size", "24G", "size of each ChunkServer's disk file; sparse, grows as it is used");
    key("disk.wal.size", "64M", "write-ahead log area of each disk; fixed when it is made");
    key("disk.wal.directory", "", "put the log of each disk into a file here; fixed likewise");
    key("disk.engine", "auto", "auto, file or uring");
    key("disk.slow", "500", "ms; a disk is reported slow when half of its requests take longer");
    key(
        "scrub.period",
        "24",
        "hours (or 30m, 90s) in which all blocks of a disk are verified once; 0: never");
    key("scrub.rate", "32M", "bytes per second that verification reads at most");
    key(
        "chunkserver.domain",
        "host-{node}",
        "where a ChunkServer is, as rack/host; {node} is its number");
    key("raft.election", "400", "ms without its leader after which a chunk elects another");
    key("raft.order", "parallel", "parallel, or strict: acknowledge, commit and apply in order");
    key("raft.look.behind", "64", "entries that an entry may overtake at most; 0 to 64");
    key("raft.reads", "lease", "lease, or quorum: leaders ask a majority before every read");
    key("raft.clock.drift", "5", "percent that one clock may run faster than another; for leases");
    key("ctrl.database", "", "JDBC URL of PolarCtrl's database; empty: H2 in the data directory");
    key("ctrl.http.host", "127.0.0.1", "address PolarCtrl's admin API binds to, or off");
    key("ctrl.node.loss", "1800", "seconds of silence that lose a ChunkServer for good; 0: never");
    key("ctrl.moves.max", "2", "how many replicas are repaired or moved at the same time");
    key("ctrl.rebalance", "on", "on or off: move replicas from full ChunkServers to empty ones");
    key("ctrl.shared.hosts", "off", "on or off: two replicas of a chunk may be on one host");
    key("loops", "shared", "shared: all storage in one loop thread; separate: one each (embedded)");
    key("net.connections", "2", "TCP connections of a node to each peer; 1 to 16");
    key("loop.idle", "hybrid", "hybrid, busy or block: how loop threads wait");
    key("buffer.pool.size", "512M", "memory for pages of the primary");
    key("replica.buffer.pool.size", "256M", "memory for pages of each replica");
    key("redo.file.size", "64M", "size of a redo file; fixed when the cluster is made");
    key("redo.age.max", "512M", "redo since the checkpoint before writers wait");
    key("lock.wait.timeout", "50", "seconds to wait for a row lock");
    key("mysql.host", "127.0.0.1", "address that the MySQL listeners bind to");
    key("internal.host", "127.0.0.1", "address of the connections between roles");
    key("net.transport", "tcp", "tcp or rdma: what connects the roles; the same on all machines");
    key("max.connections", "512", "client connections per node");
    key("authentication", "mysql_native_password", "or caching_sha2_password");
    key("tls.certificate", "", "PEM file; with tls.key TLS is offered to clients");
    key("tls.key", "", "PEM file of the private key");
    key("process.heap", "384M", "heap of each role's process (up --processes)");
  }

  private final Map<String, String> values;
  private final Map<String, String> users;

  private Settings(Map<String, String> values, Map<String, String> users) {
    this.values = values;
    this.users = users;
    validate();
  }

  public static Settings defaults() {
    return of(new Properties());
  }

  /** Reads the file in the data directory; without one everything is at its default. */
  public static Settings read(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new StartException("can't read the settings in " + file + ": " + e.getMessage(), e);
      }
    }
    try {
      return of(properties);
    } catch (StartException e) {
      throw new StartException(file + ": " + e.getMessage(), e);
    }
  }

  /** Defaults overridden by these; {@code user.NAME.password} adds users. */
  public static Settings of(Properties properties) {
    Map<String, String> values = new LinkedHashMap<>();
    KEYS.values().forEach(key -> values.put(key.name(), key.initial()));
    Map<String, String> users = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name).strip();
      if (name.startsWith(USER_PREFIX) && name.endsWith(".password")) {
        users.put(
            name.substring(USER_PREFIX.length(), name.length() - ".password".length()), value);
      } else if (KEYS.containsKey(name)) {
        values.put(name, value);
      } else {
        throw new StartException(
            "there is no setting '" + name + "'; `polarj settings` lists them all");
      }
    }
    users.putIfAbsent("root", "");
    return new Settings(values, users);
  }

  private void validate() {
    long chunk = chunkBytes();
    require(chunk >= 1 << 20 && chunk % (1 << 20) == 0, "chunk.size", "a multiple of 1M");
    require(
        volumeBytes() >= chunk && volumeBytes() % chunk == 0,
        "volume.size",
        "a multiple of chunk.size");
    require(chunkServers() >= 3 && chunkServers() <= 64, "chunkservers", "3 to 64");
    require(diskBytes() >= 64 << 20, "disk.size", "at least 64M");
    require(
        walBytes() >= 8 << 20 && walBytes() <= diskBytes() / 2,
        "disk.wal.size",
        "at least 8M and at most half of disk.size");
    require(number("disk.slow") >= 0, "disk.slow", "0 (never) or more ms");
    scrub();
    require(bytes("scrub.rate") >= 64 << 10, "scrub.rate", "at least 64K");
    require(maxConnections() >= 1, "max.connections", "at least 1");
    require(AuthPlugin.named(text("authentication")) != null, "authentication", "a known plugin");
    require(
        text("loops").equals("shared") || text("loops").equals("separate"),
        "loops",
        "shared or separate");
    require(
        text("tls.certificate").isEmpty() == text("tls.key").isEmpty(),
        "tls.key",
        "given together with tls.certificate");
    require(number("raft.election") >= 100, "raft.election", "at least 100 ms");
    raft();
    require(connectionsPerPeer() >= 1 && connectionsPerPeer() <= 16, "net.connections", "1 to 16");
    require(!text("chunkserver.domain").isBlank(), "chunkserver.domain", "rack/host, or a host");
    require(!text("ctrl.http.host").isBlank(), "ctrl.http.host", "an address or off");
    require(number("ctrl.node.loss") >= 0, "ctrl.node.loss", "0 or more");
    require(number("ctrl.moves.max") >= 0, "ctrl.moves.max", "0 or more");
    flag("ctrl.rebalance");
    flag("ctrl.shared.hosts");
    ByteSize.parse(text("process.heap"));
    deviceMode();
    idleMode();
    transport();
    primaryEngine();
    replicaEngine();
  }

  private void require(boolean ok, String key, String allowed) {
    if (!ok) {
      throw new StartException("setting " + key + " = " + values.get(key) + " must be " + allowed);
    }
  }

  private <T> T parsed(String key, Function<String, T> parser) {
    try {
      return parser.apply(values.get(key));
    } catch (IllegalArgumentException e) {
      throw new StartException("setting " + key + " = " + values.get(key) + ": " + e.getMessage());
    }
  }

  public String text(String key) {
    return values.get(key);
  }

  private long bytes(String key) {
    return parsed(key, ByteSize::parse);
  }

  private int number(String key) {
    return parsed(key, Integer::parseInt);
  }

  private boolean flag(String key) {
    String value = values.get(key);
    require(value.equals("on") || value.equals("off"), key, "on or off");
    return value.equals("on");
  }

  /** Where a ChunkServer is, as PolarCtrl is told. */
  public String failureDomain(int node) {
    return text("chunkserver.domain").replace("{node}", String.valueOf(node));
  }

  /** Whether PolarCtrl has an admin API. */
  public boolean adminApi() {
    return !text("ctrl.http.host").equals("off");
  }

  /** How PolarCtrl repairs and moves replicas. */
  public MoveSettings moves() {
    MoveSettings usual = MoveSettings.DEFAULT;
    return new MoveSettings(
        number("ctrl.node.loss") * 1_000L,
        number("ctrl.moves.max"),
        flag("ctrl.rebalance"),
        flag("ctrl.shared.hosts"),
        usual.reservePercent(),
        usual.stepRetryMillis(),
        usual.longestRetryMillis());
  }

  public long volumeBytes() {
    return bytes("volume.size");
  }

  public long chunkBytes() {
    return bytes("chunk.size");
  }

  public int chunkServers() {
    return number("chunkservers");
  }

  public long diskBytes() {
    return bytes("disk.size");
  }

  public long walBytes() {
    return bytes("disk.wal.size");
  }

  public DeviceMode deviceMode() {
    return parsed("disk.engine", DeviceMode::parse);
  }

  /** The file of a node's separate log, or null when its disk keeps its log in itself. */
  public Path walFile(int node) {
    String directory = text("disk.wal.directory");
    return directory.isEmpty() ? null : Path.of(directory, "chunkserver-" + node + ".wal");
  }

  public DiskOptions diskOptions() {
    return DiskOptions.DEFAULT.withSlowMillis(number("disk.slow"));
  }

  /** How the replicas of a chunk agree; the same on all ChunkServers. */
  public RaftSettings raft() {
    boolean strict = either("raft.order", "strict", "parallel");
    boolean lease = either("raft.reads", "lease", "quorum");
    try {
      return RaftSettings.DEFAULT
          .withElectionMillis(number("raft.election"))
          .withOrder(number("raft.look.behind"), strict)
          .withReads(lease, number("raft.clock.drift"));
    } catch (IllegalArgumentException e) {
      throw new StartException("settings raft.*: " + e.getMessage(), e);
    }
  }

  private boolean either(String key, String yes, String no) {
    require(text(key).equals(yes) || text(key).equals(no), key, yes + " or " + no);
    return text(key).equals(yes);
  }

  public ScrubSettings scrub() {
    return parsed(
        "scrub.period", text -> new ScrubSettings(periodMillis(text), bytes("scrub.rate")));
  }

  /** Hours, or minutes or seconds when the unit says so. */
  private static long periodMillis(String text) {
    long unitMillis =
        switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
          case 's' -> 1_000L;
          case 'm' -> 60_000L;
          default -> 3_600_000L;
        };
    boolean hasUnit = text.endsWith("s") || text.endsWith("m") || text.endsWith("h");
    return Integer.parseInt(hasUnit ? text.substring(0, text.length() - 1) : text) * unitMillis;
  }

  public IdleMode idleMode() {
    return parsed("loop.idle", IdleMode::parse);
  }

  public Transport transport() {
    return parsed("net.transport", Transport::parse);
  }

  public boolean sharedLoops() {
    return text("loops").equals("shared");
  }

  public int connectionsPerPeer() {
    return number("net.connections");
  }

  public int maxConnections() {
    return number("max.connections");
  }

  public EngineConfig primaryEngine() {
    return engine("buffer.pool.size");
  }

  public EngineConfig replicaEngine() {
    return engine("replica.buffer.pool.size");
  }

  private EngineConfig engine(String poolKey) {
    try {
      return new EngineConfig(
          bytes(poolKey),
          bytes("redo.file.size"),
          16 << 20,
          bytes("redo.age.max"),
          75,
          number("lock.wait.timeout"));
    } catch (IllegalArgumentException e) {
      throw new StartException("settings of the engine: " + e.getMessage());
    }
  }

  /** User names and their passwords. */
  public Map<String, String> users() {
    return users;
  }

  /** The table of all settings, as a file that could be used. */
  public static String describe() {
    StringBuilder text = new StringBuilder();
    for (Key key : KEYS.values()) {
      text.append("# ").append(key.description()).append('\n');
      text.append(key.name()).append(" = ").append(key.initial()).append("\n\n");
    }
    text.append(
        "# a user that may log in, with its password (empty: none); root is always there\n");
    text.append("# user.NAME.password = secret\n");
    return text.toString();
  }
}
