// A path of a PolarFS file system: names between slashes, absolute or relative to the root. The
// same rules as on Unix; nothing here looks at the volume, save toRealPath. Immutable.
package io.polarj.pfs.nio;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

final class PolarPath implements Path {
  private final PolarFileSystem fileSystem;
  private final boolean absolute;

  /** The empty path has one empty name; the root has none. */
  private final List<String> names;

  private final String text;

  private PolarPath(PolarFileSystem fileSystem, boolean absolute, List<String> names) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.names = !absolute && names.isEmpty() ? List.of("") : List.copyOf(names);
    this.text = (absolute ? "/" : "") + String.join("/", this.names);
  }

  static PolarPath parse(PolarFileSystem fileSystem, String text) {
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      throw new InvalidPathException(text, "Nul character not allowed", nul);
    }
    List<String> names = new ArrayList<>();
    for (String name : text.split("/")) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return new PolarPath(fileSystem, text.startsWith("/"), names);
  }

  /** The path as ours, or ProviderMismatchException. */
  static PolarPath of(Path path) {
    if (Objects.requireNonNull(path) instanceof PolarPath ours) {
      return ours;
    }
    throw new ProviderMismatchException(path + " is not a path of PolarFS");
  }

  private PolarPath with(boolean isAbsolute, List<String> others) {
    return new PolarPath(fileSystem, isAbsolute, others);
  }

  List<String> names() {
    return names;
  }

  private boolean isEmpty() {
    return !absolute && names.size() == 1 && names.getFirst().isEmpty();
  }

  @Override
  public PolarFileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public PolarPath getRoot() {
    return absolute ? with(true, List.of()) : null;
  }

  @Override
  public PolarPath getFileName() {
    return names.isEmpty() ? null : with(false, List.of(names.getLast()));
  }

  @Override
  public PolarPath getParent() {
    if (names.isEmpty() || (!absolute && names.size() == 1)) {
      return null;
    }
    return with(absolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public PolarPath getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public PolarPath subpath(int beginIndex, int endIndex) {
    if (beginIndex < 0 || endIndex > names.size() || beginIndex >= endIndex) {
      throw new IllegalArgumentException("names " + beginIndex + " to " + endIndex + " of " + text);
    }
    return with(false, names.subList(beginIndex, endIndex));
  }

  @Override
  public boolean startsWith(Path other) {
    return Objects.requireNonNull(other) instanceof PolarPath that
        && that.fileSystem == fileSystem
        && that.absolute == absolute
        && that.names.size() <= names.size()
        && names.subList(0, that.names.size()).equals(that.names);
  }

  @Override
  public boolean endsWith(Path other) {
    if (!(Objects.requireNonNull(other) instanceof PolarPath that)
        || that.fileSystem != fileSystem) {
      return false;
    }
    if (that.absolute) {
      return equals(that);
    }
    int from = names.size() - that.names.size();
    return from >= 0 && names.subList(from, names.size()).equals(that.names);
  }

  @Override
  public PolarPath normalize() {
    List<String> kept = new ArrayList<>();
    for (String name : names) {
      boolean up = name.equals("..");
      if (name.equals(".") || name.isEmpty() || (up && absolute && kept.isEmpty())) {
        continue;
      }
      if (up && !kept.isEmpty() && !kept.getLast().equals("..")) {
        kept.removeLast();
      } else {
        kept.add(name);
      }
    }
    return with(absolute, kept);
  }

  @Override
  public PolarPath resolve(Path other) {
    PolarPath that = of(other);
    if (that.absolute || isEmpty()) {
      return that;
    }
    if (that.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(that.names);
    return with(absolute, all);
  }

  private boolean hasDots() {
    return names.contains("..") || names.contains(".");
  }

  @Override
  public PolarPath relativize(Path other) {
    PolarPath that = of(other);
    if (that.absolute != absolute) {
      throw new IllegalArgumentException("'other' is different type of Path");
    }
    if (that.equals(this)) {
      return with(false, List.of());
    }
    if (isEmpty()) {
      return that;
    }
    boolean dots = hasDots() || that.hasDots();
    List<String> from = dots ? normalize().names : names;
    List<String> to = dots ? that.normalize().names : that.names;
    from = from.equals(List.of("")) ? List.of() : from;
    to = to.equals(List.of("")) ? List.of() : to;
    int common = 0;
    while (common < Math.min(from.size(), to.size()) && from.get(common).equals(to.get(common))) {
      common++;
    }
    List<String> result = new ArrayList<>();
    for (String name : from.subList(common, from.size())) {
      if (name.equals("..")) {
        throw new IllegalArgumentException(
            "Unable to compute relative path from " + this + " to " + that);
      }
      result.add("..");
    }
    result.addAll(to.subList(common, to.size()));
    return with(false, result);
  }

  @Override
  public URI toUri() {
    try {
      return new URI(
          PolarFileSystemProvider.SCHEME,
          fileSystem.volume(),
          toAbsolutePath().toString(),
          null,
          null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no URI for " + text, e);
    }
  }

  /** Relative paths begin at the root. */
  @Override
  public PolarPath toAbsolutePath() {
    if (absolute) {
      return this;
    }
    return with(true, isEmpty() ? List.of() : names);
  }

  @Override
  public PolarPath toRealPath(LinkOption... options) throws IOException {
    String real = fileSystem.resolve(this);
    fileSystem.stat(this);
    return parse(fileSystem, real);
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    Objects.requireNonNull(watcher);
    throw new UnsupportedOperationException("PolarFS has no watch service");
  }

  @Override
  public int compareTo(Path other) {
    return text.compareTo(((PolarPath) other).text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolarPath that
        && that.fileSystem == fileSystem
        && that.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
