package io.polarj.bench.storage;

import io.polarj.bench.storage.StageTrace.Event;
import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.pfs.polarswitch.SwitchSettings;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Three processes with a ChunkServer each, and a PolarSwitch to them in this one. */
final class StageCluster implements AutoCloseable {
  static final int NODES = 3;
  private static final long VOLUME = 1;
  private static final long PATIENCE_SECONDS = 60;
  private static final int TICKS_PER_SECOND = 100;

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();
  private final List<BufferedReader> answers = new ArrayList<>();
  private final List<GroupMember> members = new ArrayList<>();
  private final ThreadLoop loop = ThreadLoop.start("polarswitch");
  private final Network network;
  private final PolarSwitch volume;
  private final Clock clock = new Clock();
  private final int chunks;

  /** When the client's messages left and came, on the loop; read when nothing is under way. */
  static final class Clock {
    volatile long sent;
    volatile long heard;
  }

  /** What a node saw, in order of time. */
  record Seen(long[] times, Event[] events) {}

  StageCluster(Path directory, int port, String engine, String reads, int connections, int chunks)
      throws Exception {
    this.directory = directory;
    this.chunks = chunks;
    for (int node = 1; node <= NODES; node++) {
      members.add(new GroupMember(node, StageNode.address(port, node)));
      start(
          List.of(
              directory.toString(),
              String.valueOf(node),
              String.valueOf(port),
              engine,
              reads,
              String.valueOf(connections)));
    }
    for (BufferedReader answer : answers) {
      expect(answer, "ready");
    }
    network = watch(StageNode.network(loop, connections));
    for (GroupMember member : members) {
      createChunks(member);
    }
    volume =
        PolarSwitch.open(
                loop,
                network,
                this::routes,
                info(),
                1,
                System.nanoTime() | 1,
                SwitchSettings.DEFAULT)
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void start(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=896m",
                "-cp",
                System.getProperty("java.class.path"),
                StageNode.class.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    answers.add(process.inputReader(StandardCharsets.UTF_8));
  }

  private static void expect(BufferedReader answer, String word) throws IOException {
    for (String line = answer.readLine(); !word.equals(line); line = answer.readLine()) {
      if (line == null) {
        throw new IOException("a ChunkServer's process has ended");
      }
    }
  }

  PolarSwitch volume() {
    return volume;
  }

  Clock clock() {
    return clock;
  }

  long bytes() {
    return chunks * StageNode.CHUNK_BYTES;
  }

  void clearTraces() throws IOException {
    for (int i = 0; i < NODES; i++) {
      say(i, "clear");
    }
  }

  List<Seen> traces() throws IOException {
    List<Seen> traces = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      Path file = directory.resolve("trace-" + i);
      say(i, "dump " + file);
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
        int count = in.readInt();
        Seen seen = new Seen(new long[count], new Event[count]);
        for (int at = 0; at < count; at++) {
          seen.times[at] = in.readLong();
          seen.events[at] = Event.values()[in.readByte()];
        }
        traces.add(seen);
      }
    }
    return traces;
  }

  private void say(int process, String command) throws IOException {
    PrintStream out =
        new PrintStream(processes.get(process).getOutputStream(), true, StandardCharsets.UTF_8);
    out.println(command);
    expect(answers.get(process), "done");
  }

  /** CPU time by kind of thread so far, in nanoseconds; of this process only the client's. */
  Map<String, Long> cpu() throws IOException {
    Map<String, Long> used = new TreeMap<>();
    for (Process process : processes) {
      addThreads(process.pid(), "server", used);
    }
    addThreads(ProcessHandle.current().pid(), "client", used);
    return used;
  }

  private static void addThreads(long pid, String who, Map<String, Long> used) throws IOException {
    List<Path> threads;
    try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
      threads = all.toList();
    }
    for (Path thread : threads) {
      String stat;
      try {
        stat = Files.readString(thread.resolve("stat"));
      } catch (IOException e) {
        continue; // it has ended between the two
      }
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      used.merge(who + " " + kind(name), ticks * (1_000_000_000L / TICKS_PER_SECOND), Long::sum);
    }
  }

  private static String kind(String thread) {
    if (thread.startsWith("chunkserver") || thread.startsWith("polarswitch")) {
      return "loop";
    }
    if (thread.startsWith("tcp")) {
      return "sockets";
    }
    if (thread.startsWith("disk") || thread.startsWith("file")) {
      return "disk";
    }
    return "JVM (compiler, GC, others)";
  }

  private Network watch(Network real) {
    return new Network() {
      @Override
      public void listen(Address address, MessageHandler handler) {
        real.listen(address, handler);
      }

      @Override
      public Link connect(Address peer, MessageHandler handler) {
        Link link =
            real.connect(
                peer,
                (from, message) -> {
                  if (message instanceof WriteReply || message instanceof ReadReply) {
                    clock.heard = System.nanoTime();
                  }
                  handler.onMessage(from, message);
                });
        return new Link() {
          @Override
          public Address remote() {
            return peer;
          }

          @Override
          public void send(Message message) {
            if (message instanceof WriteRequest || message instanceof ReadRequest) {
              clock.sent = System.nanoTime();
            }
            link.send(message);
          }
        };
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }

  private void createChunks(GroupMember member) throws Exception {
    CompletableFuture<Void> all = new CompletableFuture<>();
    int[] open = {chunks};
    loop.execute(() -> {
      Link link =
          network.connect(
              member.address(),
              (from, message) -> {
                if (message instanceof ControlReply reply && reply.status() != Status.OK) {
                  all.completeExceptionally(new IOException("create: " + reply));
                } else if (--open[0] == 0) {
                  all.complete(null);
                }
              });
      for (int chunk = 0; chunk < chunks; chunk++) {
        link.send(
            new CreateChunk(chunk, new ChunkId(VOLUME, chunk), StageNode.CHUNK_BYTES, 1, members));
      }
    });
    all.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private VolumeInfo info() {
    return new VolumeInfo(
        VOLUME, "bench", bytes(), bytes(), StageNode.CHUNK_BYTES, NODES, 1, "bench");
  }

  private CompletableFuture<RouteReply> routes(long id, int first, int count) {
    List<ChunkRoute> routes = new ArrayList<>();
    for (int chunk = first; chunk < Math.min(chunks, first + count); chunk++) {
      routes.add(new ChunkRoute(chunk, 0, members));
    }
    return CompletableFuture.completedFuture(new RouteReply(0, info(), routes));
  }

  @Override
  public void close() {
    if (volume != null) {
      volume.close();
    }
    if (network != null) {
      network.close();
    }
    loop.close();
    end();
  }

  /** Ends the processes, whatever else happens. */
  void end() {
    processes.forEach(Process::destroyForcibly);
  }
}
