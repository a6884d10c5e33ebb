package io.polarj.pfs.nio;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** What a program saw of a file system: results and exceptions, without the name of its root. */
final class Outcomes {
  private final Path root;
  private final List<String> seen = new ArrayList<>();

  Outcomes(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Path path(String name) {
    return root.resolve(name);
  }

  List<String> seen() {
    return seen;
  }

  /** Runs it and notes what came of it. */
  void note(String what, Callable<?> call) {
    String outcome;
    try {
      outcome = String.valueOf(call.call());
    } catch (ExecutionException e) {
      outcome = "future: " + describe(e.getCause());
    } catch (Exception e) {
      outcome = describe(e);
    }
    seen.add(what + " -> " + plain(outcome));
  }

  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  void does(String what, Action action) {
    note(
        what,
        () -> {
          action.run();
          return "done";
        });
  }

  private static String describe(Throwable error) {
    String text = error.getClass().getSimpleName();
    if (error instanceof FileSystemException e) {
      text += " file=" + e.getFile() + " other=" + e.getOtherFile();
      if (error.getClass() == FileSystemException.class) {
        text += " reason=" + e.getReason();
      }
    }
    return text;
  }

  private String plain(String text) {
    String prefix = root.toString();
    return text.replace(root.toUri().toString(), "ROOT/").replace(prefix, "ROOT");
  }
}
