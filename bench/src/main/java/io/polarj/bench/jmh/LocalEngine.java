// An engine over a directory of its own, deleted at the end; what the benchmarks of engine and SQL
// share.
package io.polarj.bench.jmh;

import io.polarj.engine.instance.EngineConfig;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.pfs.local.LocalFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A primary engine on local files. */
final class LocalEngine implements AutoCloseable {
  private final Path directory;
  private final LocalFileSystem files;
  private final PrimaryEngine engine;

  LocalEngine() throws IOException {
    directory = Files.createTempDirectory("polarj-jmh");
    files = new LocalFileSystem(directory, false);
    engine = PrimaryEngine.create(files, EngineConfig.defaults());
  }

  PrimaryEngine engine() {
    return engine;
  }

  @Override
  public void close() throws IOException {
    engine.close();
    files.close();
    List<Path> paths;
    try (Stream<Path> tree = Files.walk(directory)) {
      paths = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
