package io.polarj;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.server.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Rules about source files that need no compiler: reads every Java file and every pom of the
 * repository.
 */
class TidyTest {
  private static final int MAX_LINES = 800;

  /** Tests that may sleep, as module/path: none. Await the event instead. */
  private static final Set<String> SLEEPERS = Set.of();

  private static final Pattern SLEEP =
      Pattern.compile("Thread\\.sleep\\(|TimeUnit\\.[A-Z]+\\.sleep\\(");
  private static final Pattern LEFT_OVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern EMPTY_CATCH = Pattern.compile("catch\\s*\\([^)]*\\)\\s*\\{\\s*\\}");

  private record Source(String path, String text) {}

  private static Path root;
  private static List<Path> modules;
  private static List<Source> sources;

  @BeforeAll
  static void readEverything() throws IOException {
    root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("polarj")) || !Files.exists(root.resolve("pom.xml"))) {
      root = root.getParent();
      assertThat(root).as("the folder of the script polarj and of the root pom").isNotNull();
    }
    modules = new ArrayList<>();
    Matcher named =
        Pattern.compile("<module>(\\w+)</module>")
            .matcher(Files.readString(root.resolve("pom.xml")));
    while (named.find()) {
      modules.add(root.resolve(named.group(1)));
    }
    assertThat(modules).hasSizeGreaterThan(5);
    sources = new ArrayList<>();
    for (Path module : modules) {
      for (Path tree : List.of(module.resolve("src/main/java"), module.resolve("src/test/java"))) {
        if (Files.isDirectory(tree)) {
          try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
              sources.add(new Source(root.relativize(file).toString(), Files.readString(file)));
            }
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(500);
  }

  private static List<String> matching(Pattern pattern) {
    List<String> found = new ArrayList<>();
    for (Source source : sources) {
      Matcher matcher = pattern.matcher(source.text);
      while (matcher.find()) {
        long line = source.text.substring(0, matcher.start()).lines().count();
        found.add(source.path + ":" + Math.max(1, line) + ": " + matcher.group());
      }
    }
    return found;
  }

  @Test
  void filesAreShort() {
    assertThat(sources)
        .filteredOn(source -> source.text.lines().count() > MAX_LINES)
        .extracting(Source::path)
        .as("files of more than %d lines: split them", MAX_LINES)
        .isEmpty();
  }

  @Test
  void noFileHasTabs() {
    assertThat(matching(Pattern.compile("\t"))).isEmpty();
  }

  @Test
  void noTestSleeps() {
    assertThat(matching(SLEEP))
        .filteredOn(found -> found.contains("/src/test/"))
        .filteredOn(found -> SLEEPERS.stream().noneMatch(found::startsWith))
        .as("sleeps in tests: await the event")
        .isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    assertThat(matching(LEFT_OVER)).isEmpty();
  }

  @Test
  void noExceptionIsSwallowed() {
    assertThat(matching(EMPTY_CATCH)).as("empty catch blocks").isEmpty();
  }

  @Test
  void everyModuleHasAReadme() {
    assertThat(modules).allSatisfy(module -> assertThat(module.resolve("README.md")).exists());
  }

  @Test
  void everyPackageSaysWhatItIs() {
    Set<String> packages = new TreeSet<>();
    Set<String> described = new TreeSet<>();
    for (Source source : sources) {
      if (source.path.contains("/src/main/")) {
        String folder = source.path.substring(0, source.path.lastIndexOf('/'));
        packages.add(folder);
        if (source.path.endsWith("/package-info.java")) {
          described.add(folder);
        }
      }
    }
    packages.removeAll(described);
    assertThat(packages).as("packages without package-info.java").isEmpty();
  }

  @Test
  void linksOfTheDocumentsLeadSomewhere() throws IOException {
    List<Path> documents = new ArrayList<>();
    documents.add(root.resolve("README.md"));
    modules.stream()
        .map(module -> module.resolve("README.md"))
        .filter(Files::exists)
        .forEach(documents::add);
    try (Stream<Path> files = Files.list(root.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    List<String> dead = new ArrayList<>();
    for (Path document : documents) {
      Matcher link =
          Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)").matcher(Files.readString(document));
      while (link.find()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          dead.add(root.relativize(document) + " → " + link.group(1));
        }
      }
    }
    assertThat(dead).as("links to files that do not exist").isEmpty();
  }

  @Test
  void theSettingsPageIsWhatTheProgramSays() throws IOException {
    assertThat(Files.readString(root.resolve("docs/SETTINGS.md")))
        .as("docs/SETTINGS.md ends with the output of `polarj settings`")
        .contains(Settings.describe());
  }

  @Test
  void thereIsNoSecondPropertyTestLibrary() throws IOException {
    for (Path module : modules) {
      assertThat(Files.readString(module.resolve("pom.xml"))).doesNotContain("jq" + "wik");
    }
    assertThat(matching(Pattern.compile("net\\.jq" + "wik"))).isEmpty();
  }
}
