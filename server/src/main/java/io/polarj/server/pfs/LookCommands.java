// The tools that only look: each mounts the volume read-only beside its writer.
package io.polarj.server.pfs;

import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.SpaceStat;
import io.polarj.pfs.volume.FileExtent;
import io.polarj.pfs.volume.VolumeDump;
import io.polarj.server.config.ByteSize;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

final class LookCommands {
  private LookCommands() {}

  static String child(String directory, String name) {
    return directory.endsWith("/") ? directory + name : directory + "/" + name;
  }

  private static void print(FileStat stat, boolean details) {
    if (details) {
      System.out.printf(
          "%s %12d %12d %s %s%n",
          stat.directory() ? "d" : "-",
          stat.size(),
          stat.allocatedBytes(),
          Instant.ofEpochMilli(stat.modifiedMillis()),
          stat.name());
    } else {
      System.out.println(stat.name() + (stat.directory() ? "/" : ""));
    }
  }

  /** Lists a directory. */
  @Command(name = "ls", mixinStandardHelpOptions = true, description = "List files.")
  static final class Ls implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Option(names = "-l", description = "Type, size, space taken, time of the last change, name.")
    private boolean details;

    @Option(names = "-R", description = "Directories below it as well.")
    private boolean recursive;

    @Parameters(defaultValue = "/", description = "Path on the volume (default: /).")
    private String path;

    @Override
    public Integer call() {
      return target.reading(files -> {
        if (files.stat(path).directory()) {
          list(files, path);
        } else {
          print(files.stat(path), details);
        }
      });
    }

    private void list(FileSystem files, String directory) throws IOException {
      if (recursive) {
        System.out.println(directory + ":");
      }
      List<FileStat> entries = files.readdir(directory);
      entries.forEach(entry -> print(entry, details));
      for (FileStat entry : entries) {
        if (recursive && entry.directory()) {
          System.out.println();
          list(files, child(directory, entry.name()));
        }
      }
    }
  }

  /** Draws a directory and what is below it. */
  @Command(name = "tree", mixinStandardHelpOptions = true, description = "Draw a tree of files.")
  static final class Tree implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Parameters(defaultValue = "/", description = "Path on the volume (default: /).")
    private String path;

    @Override
    public Integer call() {
      return target.reading(files -> {
        System.out.println(path);
        draw(files, path, "");
      });
    }

    private static void draw(FileSystem files, String directory, String indent) throws IOException {
      List<FileStat> entries = files.readdir(directory);
      for (int i = 0; i < entries.size(); i++) {
        FileStat entry = entries.get(i);
        boolean last = i == entries.size() - 1;
        String size = entry.directory() ? "/" : "  " + ByteSize.format(entry.size());
        System.out.println(indent + (last ? "└── " : "├── ") + entry.name() + size);
        if (entry.directory()) {
          draw(files, child(directory, entry.name()), indent + (last ? "    " : "│   "));
        }
      }
    }
  }

  /** Prints files' bytes. */
  @Command(name = "cat", mixinStandardHelpOptions = true, description = "Print files.")
  static final class Cat implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Parameters(arity = "1..*", description = "Paths on the volume.")
    private List<String> paths;

    @Override
    public Integer call() {
      return target.reading(files -> {
        for (String path : paths) {
          CopyCommand.copyOut(files, path, System.out, bytes -> {});
        }
      });
    }
  }

  /** Shows what is known of a file. */
  @Command(name = "stat", mixinStandardHelpOptions = true, description = "Show what a file is.")
  static final class Stat implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Parameters(description = "Path on the volume.")
    private String path;

    @Override
    public Integer call() {
      return target.reading(files -> {
        FileStat stat = files.stat(path);
        System.out.printf(
            "path %s%ninode %x%ntype %s%nsize %d%nallocated %d%nmodified %s%n",
            path,
            stat.inode(),
            stat.directory() ? "directory" : "file",
            stat.size(),
            stat.allocatedBytes(),
            Instant.ofEpochMilli(stat.modifiedMillis()));
      });
    }
  }

  /** Sums up the space that files take. */
  @Command(
      name = "du",
      mixinStandardHelpOptions = true,
      description = "Sum up the bytes that directories take on the volume.")
  static final class Du implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Option(names = "-s", description = "Only the sum.")
    private boolean summary;

    @Parameters(defaultValue = "/", description = "Path on the volume (default: /).")
    private String path;

    @Override
    public Integer call() {
      return target.reading(files -> System.out.println(sum(files, path) + "\t" + path));
    }

    private long sum(FileSystem files, String at) throws IOException {
      FileStat stat = files.stat(at);
      long bytes = stat.allocatedBytes();
      if (stat.directory()) {
        for (FileStat entry : files.readdir(at)) {
          String name = child(at, entry.name());
          long below = entry.directory() ? sum(files, name) : entry.allocatedBytes();
          if (entry.directory() && !summary) {
            System.out.println(below + "\t" + name);
          }
          bytes += below;
        }
      }
      return bytes;
    }
  }

  /** Shows the space of the volume. */
  @Command(name = "df", mixinStandardHelpOptions = true, description = "Show the volume's space.")
  static final class Df implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Override
    public Integer call() {
      return target.reading(files -> {
        SpaceStat space = files.space();
        System.out.printf(
            "size %s, free %s, %d files%n",
            ByteSize.format(space.totalBytes()), ByteSize.format(space.freeBytes()), space.files());
      });
    }
  }

  /** Shows where a file's bytes lie. */
  @Command(
      name = "map",
      mixinStandardHelpOptions = true,
      description = "Show a file's extents: offset in the file, offset on the volume, bytes.")
  static final class MapExtents implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Parameters(description = "Path on the volume.")
    private String path;

    @Override
    public Integer call() {
      return target.reading(files -> {
        for (FileExtent extent : files.extents(path)) {
          System.out.printf(
              "%12d %14d %12d%n", extent.fileOffset(), extent.volumeOffset(), extent.bytes());
        }
      });
    }
  }

  /** What a dump is of. */
  enum Part {
    header,
    journal,
    metadata
  }

  /** Prints what stands on the volume. */
  @Command(
      name = "dump",
      mixinStandardHelpOptions = true,
      description = "Print the volume's header, its journal or its metadata objects.")
  static final class Dump implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Parameters(defaultValue = "header", description = "${COMPLETION-CANDIDATES}")
    private Part part;

    @Override
    public Integer call() {
      return target.device(opened -> {
        VolumeDump dump = new VolumeDump(opened.device(), System.out::println);
        switch (part) {
          case header -> dump.header();
          case journal -> dump.journal();
          case metadata -> dump.metadata();
        }
      });
    }
  }
}
