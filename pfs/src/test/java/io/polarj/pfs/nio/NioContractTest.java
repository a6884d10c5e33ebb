package io.polarj.pfs.nio;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.pfs.volume.TestVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same programs on a volume and on a local directory through the JDK's own provider: they must
 * see the same, down to the types of exceptions and the files these name.
 */
final class NioContractTest {
  @TempDir Path local;
  private TestVolume volume;
  private FileSystem fileSystem;

  @BeforeEach
  void mount() throws IOException {
    volume = TestVolume.make(64L << 20);
    fileSystem = PolarFileSystemProvider.mounted("contract", volume.mounted());
    Files.createDirectories(fileSystem.getPath("/root"));
  }

  @AfterEach
  void unmount() throws IOException {
    fileSystem.close();
    volume.close();
  }

  @FunctionalInterface
  private interface Program {
    void run(Outcomes out) throws Exception;
  }

  private void same(Program program) throws Exception {
    Outcomes ofJdk = new Outcomes(local);
    program.run(ofJdk);
    Outcomes ofPolarFs = new Outcomes(fileSystem.getPath("/root"));
    program.run(ofPolarFs);
    List<String> different = new ArrayList<>();
    for (int i = 0; i < Math.min(ofJdk.seen().size(), ofPolarFs.seen().size()); i++) {
      if (!ofJdk.seen().get(i).equals(ofPolarFs.seen().get(i))) {
        different.add("JDK: " + ofJdk.seen().get(i) + "; PolarFS: " + ofPolarFs.seen().get(i));
      }
    }
    assertThat(different).isEmpty();
    assertThat(ofPolarFs.seen()).isNotEmpty().hasSameSizeAs(ofJdk.seen());
  }

  private static String text(Path path) throws IOException {
    return Files.readString(path);
  }

  @Test
  void filesAreCreatedReadAndDeleted() throws Exception {
    same(out -> {
      Path f = out.path("f");
      out.note("write", () -> Files.writeString(f, "hello"));
      out.note("read", () -> text(f));
      out.note("size", () -> Files.size(f));
      out.note("lines", () -> Files.readAllLines(Files.write(f, List.of("a", "ü", ""))));
      out.note("append", () -> Files.writeString(f, "x", APPEND));
      out.note("read again", () -> text(f));
      out.note("new over old", () -> Files.writeString(f, "y", CREATE_NEW));
      out.note("create over old", () -> Files.createFile(f));
      out.note("exists", () -> Files.exists(f));
      out.does("delete", () -> Files.delete(f));
      out.does("delete again", () -> Files.delete(f));
      out.note("delete if exists", () -> Files.deleteIfExists(f));
      out.note("not exists", () -> Files.notExists(f));
      out.note("read nothing", () -> text(f));
      out.note("in no directory", () -> Files.writeString(out.path("d/f"), "x"));
      Files.writeString(f, "file");
      out.note("below a file", () -> Files.writeString(f.resolve("g"), "x"));
      out.note("stat below a file", () -> Files.size(f.resolve("g")));
      out.note("exists below a file", () -> Files.exists(f.resolve("g")));
      out.note("mkdir below a file", () -> Files.createDirectory(f.resolve("g")));
      out.note("long name", () -> Files.writeString(out.path("x".repeat(256)), "x"));
      out.note("temporary", () -> Files.exists(Files.createTempFile(out.root(), "a", ".b")));
    });
  }

  @Test
  void directoriesAreMadeListedAndRemoved() throws Exception {
    same(out -> {
      Path d = out.path("d");
      out.note("mkdir", () -> Files.createDirectory(d));
      out.note("mkdir again", () -> Files.createDirectory(d));
      out.note("mkdirs", () -> Files.createDirectories(d.resolve("e/f/g")));
      out.note("mkdirs again", () -> Files.createDirectories(d.resolve("e/f/g")));
      Files.writeString(d.resolve("file"), "x");
      out.note("mkdir over file", () -> Files.createDirectory(d.resolve("file")));
      out.note("mkdirs over file", () -> Files.createDirectories(d.resolve("file")));
      out.does("delete full", () -> Files.delete(d));
      out.note("list", () -> names(Files.list(d)));
      out.note("list of a file", () -> names(Files.list(d.resolve("file"))));
      out.note("list of nothing", () -> names(Files.list(d.resolve("none"))));
      out.note("walk", () -> names(Files.walk(out.root())));
      out.note("find", () -> names(Files.find(d, 9, (p, a) -> a.isRegularFile())));
      out.note("glob", () -> glob(d, "f*"));
      out.note("glob of alternatives", () -> glob(d, "{e,x*}"));
      out.note("glob of classes", () -> glob(d, "[!a-e]???"));
      out.note("bad glob", () -> glob(d, "{e"));
      out.note("write to a directory", () -> Files.writeString(d, "x"));
      out.note("read of a directory", () -> text(d));
      out.note("create over a directory", () -> Files.createFile(d));
      out.does(
          "sync of a directory",
          () -> {
            try (FileChannel channel = FileChannel.open(d, READ)) {
              channel.force(true);
            }
          });
      out.does("delete a tree", () -> Files.walkFileTree(d, new Remove()));
      out.note("gone", () -> names(Files.list(out.root())));
      DirectoryStream<Path> stream = Files.newDirectoryStream(out.root());
      var _ = stream.iterator();
      out.note("second iterator", stream::iterator);
      stream.close();
      out.note("iterator after close", stream::iterator);
      out.note("next after close", () -> stream.iterator().next());
    });
  }

  private static final class Remove extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException error)
        throws IOException {
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }

  private static TreeSet<String> names(Stream<Path> paths) {
    try (paths) {
      TreeSet<String> names = new TreeSet<>();
      paths.forEach(path -> names.add(path.toString()));
      return names;
    }
  }

  private static TreeSet<String> glob(Path directory, String glob) throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob)) {
      TreeSet<String> names = new TreeSet<>();
      stream.forEach(path -> names.add(path.toString()));
      return names;
    }
  }

  @Test
  void copyAndMoveTreatTargetsAlike() throws Exception {
    CopyOption[][] choices = {
      {}, {StandardCopyOption.REPLACE_EXISTING}, {StandardCopyOption.ATOMIC_MOVE}
    };
    List<String> sources = List.of("file", "empty", "full", "none");
    List<String> targets = List.of("new", "file2", "empty2", "full2", "file", "full/in", "none/x");
    same(out -> {
      for (CopyOption[] options : choices) {
        for (String from : sources) {
          for (String to : targets) {
            boolean inside = to.startsWith(from + "/");
            for (boolean move : new boolean[] {false, true}) {
              if (inside && !move) {
                continue;
              }
              Path base = out.path((move ? "m" : "c") + out.seen().size());
              furnish(base);
              String what = (move ? "move " : "copy ") + from + " " + to + Arrays.toString(options);
              Path source = base.resolve(from);
              Path target = base.resolve(to);
              out.note(
                  what,
                  () ->
                      move
                          ? Files.move(source, target, options)
                          : Files.copy(source, target, options));
              out.note(what + " tree", () -> names(Files.walk(base)));
              out.note(what + " text", () -> text(target));
            }
          }
        }
      }
    });
  }

  private static void furnish(Path base) throws IOException {
    Files.createDirectories(base.resolve("empty"));
    Files.createDirectories(base.resolve("empty2"));
    Files.createDirectories(base.resolve("full/in"));
    Files.createDirectories(base.resolve("full2/in"));
    Files.writeString(base.resolve("file"), "one");
    Files.writeString(base.resolve("file2"), "two");
  }

  @Test
  void channelsReadWriteAndKeepAPosition() throws Exception {
    same(out -> {
      Path f = out.path("f");
      try (FileChannel channel = FileChannel.open(f, CREATE, READ, WRITE)) {
        out.note("write", () -> channel.write(bytes("0123456789")));
        out.note("position", channel::position);
        out.note("write at", () -> channel.write(bytes("ab"), 3));
        out.note("position stays", channel::position);
        out.note("back", () -> channel.position(2).position());
        out.note("read", () -> read(channel, 4));
        out.note("read at", () -> readAt(channel, 4, 8));
        out.note("read at the end", () -> readAt(channel, 4, 10));
        out.note("read beyond", () -> readAt(channel, 4, 99));
        out.note("read of nothing", () -> channel.read(ByteBuffer.allocate(0), 99));
        out.note("far position", () -> channel.position(20).position());
        out.note("size stays", channel::size);
        out.note("read there", () -> read(channel, 4));
        out.note("write there", () -> channel.write(bytes("z")));
        out.note("size", channel::size);
        out.note("hole", () -> readAt(channel, 30, 9));
        out.note("truncate", () -> channel.truncate(5).position());
        out.note("truncate longer", () -> channel.truncate(50).size());
        out.note("gather", () -> channel.write(new ByteBuffer[] {bytes("x"), bytes("yz")}));
        out.note("scatter", () -> scatter(channel));
        out.does("force", () -> channel.force(true));
        out.note("negative position", () -> channel.position(-1));
        out.note("negative read", () -> channel.read(ByteBuffer.allocate(1), -1));
        out.note("negative write", () -> channel.write(ByteBuffer.allocate(1), -1));
        out.note("negative size", () -> channel.truncate(-1));
        out.note("read only buffer", () -> channel.read(bytes("x").asReadOnlyBuffer(), 0));
        out.note("read only source", () -> channel.write(bytes("q").asReadOnlyBuffer(), 0));
        out.note("text", () -> text(f));
        channel.close();
        out.note("closed read", () -> channel.read(ByteBuffer.allocate(1)));
        out.note("closed size", channel::size);
        out.note("closed write", () -> channel.write(bytes("x"), 0));
        out.note("closed lock", channel::tryLock);
        out.note("closed twice", channel::isOpen);
      }
    });
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(SeekableByteChannel channel, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    int n = channel.read(buffer);
    return n + ":" + Arrays.toString(buffer.array()) + "@" + channel.position();
  }

  private static String readAt(FileChannel channel, int bytes, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    int n = channel.read(buffer, at);
    byte[] copy = new byte[buffer.flip().remaining()];
    buffer.get(copy);
    return n + ":" + Arrays.toString(copy);
  }

  private static String scatter(FileChannel channel) throws IOException {
    ByteBuffer[] parts = {ByteBuffer.allocate(2), ByteBuffer.allocate(100)};
    long n = channel.position(0).read(parts);
    return n + ":" + parts[0].position() + "," + parts[1].position() + "@" + channel.position();
  }

  @Test
  void openOptionsDecide() throws Exception {
    same(out -> {
      Path f = out.path("f");
      Files.writeString(f, "text");
      out.note("append and read", () -> FileChannel.open(f, APPEND, READ));
      out.note("append and truncate", () -> FileChannel.open(f, APPEND, TRUNCATE_EXISTING));
      out.note("write", () -> open(f, "w", WRITE));
      out.note("default", () -> open(f, "x"));
      out.note("append", () -> open(f, "+", APPEND));
      out.note("truncate", () -> open(f, "-", WRITE, TRUNCATE_EXISTING));
      out.note("create without write", () -> open(out.path("g"), "", CREATE));
      out.note("create", () -> open(out.path("g"), "g", CREATE, WRITE));
      out.note("new", () -> open(out.path("g"), "g", CREATE_NEW, WRITE));
      out.note("delete on close", () -> open(out.path("h"), "h", CREATE, WRITE, DELETE_ON_CLOSE));
      out.note("deleted", () -> Files.exists(out.path("h")));
      out.note("bytes", () -> text(f));
      try (SeekableByteChannel channel = Files.newByteChannel(f, APPEND)) {
        out.note("append position", channel::position);
        out.note("append write", () -> channel.write(bytes("end")));
        out.note("append seek", () -> channel.position(0).write(bytes("end")));
        out.note("append size", channel::size);
        out.note("append reads", () -> channel.read(ByteBuffer.allocate(1)));
      }
      out.note("text", () -> text(f));
      out.note(
          "output stream",
          () -> {
            try (var stream = Files.newOutputStream(f)) {
              stream.write("streamed".getBytes(StandardCharsets.UTF_8));
            }
            try (var stream = Files.newInputStream(f)) {
              stream.skipNBytes(2);
              return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            }
          });
    });
  }

  private static String open(Path path, String write, java.nio.file.StandardOpenOption... options)
      throws IOException {
    try (FileChannel channel = FileChannel.open(path, options)) {
      String result = channel.position() + "/" + channel.size();
      try {
        result += " wrote " + channel.write(bytes(write)) + "@" + channel.position();
      } catch (RuntimeException e) {
        result += " " + e.getClass().getSimpleName();
      }
      try {
        result += " read " + channel.read(ByteBuffer.allocate(9), 0);
      } catch (RuntimeException e) {
        result += " " + e.getClass().getSimpleName();
      }
      return result;
    }
  }

  @Test
  void transfersBetweenChannelsMoveTheSameBytes() throws Exception {
    same(out -> {
      byte[] content = new byte[2_500_000];
      new Random(5).nextBytes(content);
      Path f = Files.write(out.path("f"), content);
      try (FileChannel in = FileChannel.open(f);
          FileChannel to = FileChannel.open(out.path("g"), CREATE, READ, WRITE)) {
        out.note("to", () -> in.transferTo(7, 2_400_000, to));
        out.note("to beyond", () -> in.transferTo(3_000_000, 5, to));
        out.note("to the end", () -> in.transferTo(2_499_998, 50, to));
        out.note("positions", () -> in.position() + "," + to.position());
        out.note("from", () -> to.transferFrom(in, 100, 50_000));
        out.note("from beyond", () -> to.transferFrom(in, 9_000_000, 5));
        out.note("positions after", () -> in.position() + "," + to.position());
        out.note("no write", () -> in.transferFrom(to, 0, 5));
        out.note("negative", () -> in.transferTo(-1, 5, to));
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        out.note("sink", () -> in.transferTo(5, 10, Channels.newChannel(sink)));
        out.note("sunk", () -> Arrays.toString(sink.toByteArray()));
      }
      out.note("mismatch", () -> Files.mismatch(f, out.path("g")));
      out.note("bytes", () -> Arrays.hashCode(Files.readAllBytes(out.path("g"))));
    });
  }

  @Test
  void locksOfOneProcessOverlapOrNot() throws Exception {
    same(out -> {
      Path f = out.path("f");
      try (FileChannel one = FileChannel.open(f, CREATE, READ, WRITE);
          FileChannel two = FileChannel.open(f, READ, WRITE);
          FileChannel reader = FileChannel.open(f, READ);
          FileChannel writer = FileChannel.open(f, WRITE)) {
        FileLock lock = one.lock(0, 10, false);
        out.note("valid", () -> lock.isValid() + " " + lock.isShared() + " " + lock.size());
        out.note("overlap", () -> two.tryLock(5, 10, false));
        out.note("overlap shared", () -> two.tryLock(5, 10, true));
        out.note("same channel", () -> one.tryLock(9, 1, false));
        out.note("beside", () -> two.tryLock(10, 10, false).isValid());
        out.note("reader exclusive", () -> reader.tryLock(50, 1, false));
        out.note("reader shared", () -> reader.tryLock(50, 1, true).isShared());
        out.note("writer shared", () -> writer.tryLock(60, 1, true));
        out.does("release", lock::release);
        out.note("released", lock::isValid);
        out.does("release again", lock::release);
        FileLock next = two.lock(0, 5, false);
        out.note("now free", next::isValid);
        two.close();
        out.note("closed with its channel", next::isValid);
        out.does("release after close", next::release);
        out.note("free by close", () -> one.tryLock(0, Long.MAX_VALUE / 2, false) != null);
      }
    });
  }

  @Test
  void asynchronousChannelsDoTheSame() throws Exception {
    same(out -> {
      Path f = out.path("f");
      out.note("append", () -> AsynchronousFileChannel.open(f, CREATE, APPEND));
      AsynchronousFileChannel channel = AsynchronousFileChannel.open(f, CREATE, READ, WRITE);
      out.note("write", () -> channel.write(bytes("0123456789"), 5).get());
      out.note("size", channel::size);
      ByteBuffer buffer = ByteBuffer.allocate(8);
      out.note("read", () -> channel.read(buffer, 4).get());
      out.note("bytes", () -> Arrays.toString(buffer.array()));
      out.note("end", () -> channel.read(ByteBuffer.allocate(1), 99).get());
      out.note("negative", () -> channel.read(ByteBuffer.allocate(1), -1));
      out.note("truncate", () -> channel.truncate(6).size());
      FileLock lock = channel.lock().get();
      out.note("lock", lock::isValid);
      out.note("overlap", () -> channel.lock(3, 5, false));
      out.note("try overlap", () -> channel.tryLock(3, 5, true));
      out.does("release", lock::release);
      out.does("force", () -> channel.force(true));
      channel.close();
      out.note("closed", () -> channel.read(ByteBuffer.allocate(1), 0).get());
      out.note("closed size", channel::size);
      try (AsynchronousFileChannel reader = AsynchronousFileChannel.open(f)) {
        out.note("no write", () -> reader.write(bytes("x"), 0));
        out.note("no truncate", () -> reader.truncate(0));
        out.note("no lock", () -> reader.lock());
      }
    });
  }

  @Test
  void attributesAreReadAndSet() throws Exception {
    same(out -> {
      Path f = Files.writeString(out.path("f"), "text");
      Path d = Files.createDirectory(out.path(".d"));
      for (Path path : List.of(f, d)) {
        out.note("directory", () -> Files.isDirectory(path));
        out.note("regular", () -> Files.isRegularFile(path));
        out.note("link", () -> Files.isSymbolicLink(path));
        out.note("hidden", () -> Files.isHidden(path));
        out.note("readable", () -> Files.isReadable(path));
        out.note("writable", () -> Files.isWritable(path));
        out.note("executable", () -> Files.isExecutable(path));
        FileTime time = FileTime.fromMillis(1_234_567_000);
        out.note("set", () -> Files.setLastModifiedTime(path, time));
        out.note("time", () -> Files.getLastModifiedTime(path));
        out.note("named", () -> Files.readAttributes(path, "lastModifiedTime,isDirectory"));
        out.note("named view", () -> Files.readAttributes(path, "basic:isOther"));
        out.note("all", () -> new TreeSet<>(Files.readAttributes(path, "*").keySet()));
        out.note("unknown", () -> Files.readAttributes(path, "colour"));
        out.note("unknown view", () -> Files.readAttributes(path, "paint:colour"));
        out.note("set unknown", () -> Files.setAttribute(path, "colour", 1));
        out.note("set size", () -> Files.setAttribute(path, "size", 1L));
        out.note("set wrong type", () -> Files.setAttribute(path, "lastModifiedTime", 1L));
        out.note("view", () -> view(path).name());
        out.note("key", () -> view(path).readAttributes().fileKey() != null);
      }
      out.note("size", () -> Files.size(f));
      out.note(
          "copied time",
          () ->
              Files.getLastModifiedTime(
                  Files.copy(f, out.path("g"), StandardCopyOption.COPY_ATTRIBUTES)));
      out.note("none", () -> view(out.path("none")).readAttributes());
      out.note(
          "set of none", () -> Files.setLastModifiedTime(out.path("none"), FileTime.fromMillis(0)));
      out.note("same", () -> Files.isSameFile(f, out.path(".d/../f")));
      out.note("other", () -> Files.isSameFile(f, d));
      out.note("same as none", () -> Files.isSameFile(f, out.path("none")));
      out.note("none as itself", () -> Files.isSameFile(out.path("none"), out.path("none")));
      out.does("access", () -> f.getFileSystem().provider().checkAccess(f, AccessMode.EXECUTE));
      out.note("real", () -> out.path(".d/./../f").toRealPath());
      out.note("real of none", () -> out.path("none").toRealPath());
      out.note("dots below none", () -> Files.size(out.path("none/../f")));
      out.note("dots below a file", () -> Files.size(out.path("f/../f")));
    });
  }

  private static BasicFileAttributeView view(Path path) {
    return Files.getFileAttributeView(path, BasicFileAttributeView.class);
  }

  @Test
  void pathsAreTakenApartAlike() throws Exception {
    List<String> texts =
        List.of(
            "",
            "/",
            "a",
            "/a",
            "a/b",
            "/a/b/c",
            "a//b/",
            "./a",
            "a/./b",
            "../a",
            "a/..",
            "/..",
            "/../a",
            "a/../..",
            "..",
            "a/b/../c",
            "x.txt",
            "/a/b",
            "ä/ö");
    same(out -> {
      FileSystem system = out.root().getFileSystem();
      for (String text : texts) {
        Path path = system.getPath(text);
        out.note(text + " itself", () -> path + " " + path.isAbsolute());
        out.note(text + " root", path::getRoot);
        out.note(text + " name", path::getFileName);
        out.note(text + " parent", path::getParent);
        out.note(text + " names", () -> parts(path));
        out.note(text + " normal", path::normalize);
        out.note(text + " sub", () -> path.subpath(0, 2));
        out.note(text + " hash", () -> path.equals(system.getPath(text + "/")));
        for (String other : texts) {
          Path second = system.getPath(other);
          String what = text + " & " + other;
          out.note(what + " resolve", () -> path.resolve(second));
          out.note(what + " sibling", () -> path.resolveSibling(second));
          out.note(what + " relative", () -> path.relativize(second));
          out.note(what + " starts", () -> path.startsWith(second));
          out.note(what + " ends", () -> path.endsWith(second));
          out.note(what + " order", () -> Integer.signum(path.compareTo(second)));
        }
      }
      out.note("nul", () -> system.getPath("a\0b"));
      out.note("more", () -> system.getPath("a", "", "b/c", "/d"));
      out.note("more of nothing", () -> system.getPath("", "b"));
      out.note(
          "glob",
          () -> system.getPathMatcher("glob:/a/**.txt").matches(system.getPath("/a/b/c.txt")));
      out.note(
          "glob one",
          () -> system.getPathMatcher("glob:/a/*.txt").matches(system.getPath("/a/b/c.txt")));
      out.note("regex", () -> system.getPathMatcher("regex:.*c").matches(system.getPath("/a/c")));
      out.note("no syntax", () -> system.getPathMatcher("c"));
      out.note("odd syntax", () -> system.getPathMatcher("odd:c"));
    });
  }

  private static List<String> parts(Path path) {
    List<String> parts = new ArrayList<>();
    path.forEach(part -> parts.add(part.toString()));
    return parts;
  }

  @Test
  void anInterruptClosesTheChannelAsEverywhere() throws Exception {
    same(out -> {
      FileChannel channel = FileChannel.open(out.path("f"), CREATE, WRITE);
      Thread.currentThread().interrupt();
      out.note("write", () -> channel.write(bytes("x")));
      out.note("interrupted", Thread::interrupted);
      out.note("open", channel::isOpen);
    });
  }
}
