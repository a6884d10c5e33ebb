package io.polarj.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.server.cluster.Cluster;
import io.polarj.server.cluster.ClusterStart;
import io.polarj.server.cluster.TestPorts;
import io.polarj.server.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code polarj pfs} against a running cluster: what it prints, and its exit codes. */
final class PfsToolsTest {
  private static final String SMALL =
      """
      volume.size = 256M
      chunk.size = 64M
      disk.size = 1G
      disk.wal.size = 32M
      buffer.pool.size = 32M
      redo.file.size = 4M
      redo.age.max = 32M
      """;

  @TempDir Path data;
  @TempDir Path local;

  private record Result(int code, String out, String err) {}

  private Result pfs(String... arguments) {
    List<String> line = new ArrayList<>(List.of("pfs"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--data", data.toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream oldOut = System.out;
    PrintStream oldErr = System.err;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      int code = PolarJ.run(line.toArray(String[]::new));
      return new Result(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  private Result data(String tool, String... arguments) {
    List<String> line = new ArrayList<>(List.of(tool, "--volume", "data"));
    line.addAll(List.of(arguments));
    return pfs(line.toArray(String[]::new));
  }

  private static void done(Result result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  @Test
  void theToolsWorkOnTheirOwnVolumesAndLeaveTheDatabasesAlone() throws IOException {
    Files.writeString(data.resolve(Settings.FILE), SMALL);
    try (Cluster cluster = new ClusterStart(data, 0, TestPorts.freeBase(), false).run(step -> {})) {
      assertThat(cluster.endpoints()).isNotEmpty();
      theDatabasesVolumeIsForReading();
      aVolumeIsMadeOnce();
      byte[] content = filesGoInAndOut();
      namesChange();
      itsInsidesAreShown();
      programsMountIt(content);
    }
    Result stopped = pfs("ls");
    assertThat(stopped.code()).isOne();
    assertThat(stopped.err()).contains("not running");
  }

  private void theDatabasesVolumeIsForReading() {
    Result listed = pfs("ls", "-l", "/");
    done(listed);
    assertThat(listed.out()).contains("redo");
    Result refused = pfs("mkdir", "/mine");
    assertThat(refused.code()).isOne();
    assertThat(refused.err()).startsWith("polarj: mkdir:").contains("'primary'").contains("busy");
    assertThat(pfs("rm", "-r", "/redo").code()).isOne();
    assertThat(pfs("mkfs", "--size", "128M").err()).contains("--volume");
    assertThat(pfs("ls", "/none").err()).contains("ls: /none: No such file or directory");
    assertThat(pfs("frobnicate").code()).isEqualTo(2);
  }

  private void aVolumeIsMadeOnce() {
    assertThat(data("ls").err()).contains("data");
    done(data("mkfs", "--size", "128M"));
    Result again = data("mkfs", "--size", "128M");
    assertThat(again.code()).isOne();
    assertThat(again.err()).contains("File exists");
    assertThat(data("mkfs", "--size", "many").err()).contains("many");
  }

  private byte[] filesGoInAndOut() throws IOException {
    byte[] content = new byte[3_000_123];
    new Random(3).nextBytes(content);
    Path file = Files.write(local.resolve("f"), content);
    done(data("mkdir", "-p", "/a/b"));
    done(data("cp", file.toString(), "pfs:/a"));
    assertThat(data("cp", file.toString(), "pfs:/a").err()).contains("File exists");
    Result progress = data("cp", "-f", "--progress", file.toString(), "pfs:/a/f");
    assertThat(progress.code()).isZero();
    assertThat(progress.err()).contains("100 %");
    done(data("cp", "pfs:/a/f", "pfs:/a/b/g"));
    done(data("cp", "pfs:/a/b/g", local.resolve("back").toString()));
    assertThat(local.resolve("back")).hasBinaryContent(content);
    assertThat(data("cp", "/a/f", local.resolve("back").toString()).code()).isOne();
    return content;
  }

  private void namesChange() {
    assertThat(data("ls", "-R").out()).contains("/a:").contains("/a/b:").contains("g");
    assertThat(data("tree").out()).contains("├── b/").contains("│   └── g");
    assertThat(data("rm", "/a").err()).contains("Is a directory");
    assertThat(data("rm", "/none").err()).contains("No such file");
    done(data("rm", "-f", "/none"));
    done(data("mv", "/a/b/g", "/h"));
    assertThat(data("stat", "/h").out()).contains("size 3000123");
    done(data("rm", "-r", "/a/b"));
    assertThat(data("ls", "/a").out()).isEqualTo("f\n");
  }

  private void itsInsidesAreShown() {
    assertThat(data("map", "/h").out().lines()).isNotEmpty();
    assertThat(data("du", "/").out()).endsWith("\t/\n").contains("\t/a\n");
    assertThat(data("df").out()).contains("4 files");
    assertThat(data("dump").out()).contains("superblock").contains("anchor");
    assertThat(data("dump", "journal").out()).contains("the journal ends before batch");
    assertThat(data("dump", "metadata").out()).contains("name 'h'").contains("objects in use");
  }

  private void programsMountIt(byte[] content) throws IOException {
    URI uri = URI.create("pfs://data/");
    Map<String, String> writing = Map.of("data", data.toString(), "mode", "rw", "owner", "test");
    try (FileSystem mounted = FileSystems.newFileSystem(uri, writing)) {
      assertThat(Files.readAllBytes(Path.of(URI.create("pfs://data/h")))).isEqualTo(content);
      Files.writeString(mounted.getPath("/new"), "by a program");
      Result refused = data("rm", "/new");
      assertThat(refused.code()).isOne();
      assertThat(refused.err()).contains("'test'");
      assertThat(data("cat", "/new").out()).isEqualTo("by a program");
    }
    done(data("rm", "/new"));
    try (FileSystem mounted = FileSystems.newFileSystem(uri, Map.of("data", data.toString()))) {
      assertThat(mounted.isReadOnly()).isTrue();
    }
    org.assertj.core.api.Assertions.assertThatThrownBy(() ->
            FileSystems.newFileSystem(URI.create("pfs://none/"), Map.of("data", data.toString())))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("none");
  }
}
