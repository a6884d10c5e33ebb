package io.polarj;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The rules of the house, checked on the compiled production classes of all modules: which module
 * may use which, no cycle of packages, nothing but the event loop's clock and seeded random numbers
 * in sans-I/O code, and libraries only where they belong. A module or package that is new belongs
 * into the tables here.
 */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.polarj");

  /** From the ground floor up: what each module may use besides itself. */
  private static final Map<String, List<String>> MODULES = new LinkedHashMap<>();

  static {
    MODULES.put("platform", List.of());
    MODULES.put("storage", List.of("platform"));
    MODULES.put("polarctrl", List.of("storage", "platform"));
    MODULES.put("pfs", List.of("polarctrl", "storage", "platform"));
    MODULES.put("engine", List.of("pfs", "polarctrl", "storage", "platform"));
    MODULES.put("replication", List.of("engine", "pfs", "polarctrl", "storage", "platform"));
    MODULES.put("sql", List.of("replication", "engine", "pfs", "polarctrl", "storage", "platform"));
    MODULES.put(
        "sim", List.of("sql", "replication", "engine", "pfs", "polarctrl", "storage", "platform"));
    MODULES.put(
        "bench",
        List.of("sql", "replication", "engine", "pfs", "polarctrl", "storage", "platform"));
    MODULES.put(
        "server",
        List.of(
            "bench",
            "sim",
            "sql",
            "replication",
            "engine",
            "pfs",
            "polarctrl",
            "storage",
            "platform"));
  }

  /** The packages of the engine as in its README: a package uses only those before it. */
  private static final List<String> ENGINE_ORDER =
      List.of(
          "schema",
          "error",
          "api",
          "page",
          "redo",
          "buffer",
          "mtr",
          "space",
          "recovery",
          "kernel",
          "codec",
          "btree",
          "lock",
          "trx",
          "dictionary",
          "table",
          "check",
          "instance");

  /**
   * Packages whose every class is sans-I/O: driven by one event loop, time and random numbers from
   * outside.
   */
  private static final String[] SANS_IO_PACKAGES = {
    "io.polarj.storage..",
    "io.polarj.polarctrl.state..",
    "io.polarj.polarctrl.protocol..",
    "io.polarj.replication.protocol.."
  };

  /** Sans-I/O classes that live beside the threads that drive them. */
  private static final Set<String> SANS_IO_CLASSES =
      Set.of(
          "io.polarj.pfs.polarswitch.SwitchCore",
          "io.polarj.pfs.polarswitch.RouteTable",
          "io.polarj.replication.primary.Announcer",
          "io.polarj.replication.replica.ReplicaLink");

  private static final DescribedPredicate<JavaClass> SANS_IO =
      JavaClass.Predicates.resideInAnyPackage(SANS_IO_PACKAGES)
          .or(
              DescribedPredicate.describe(
                  "are sans-I/O classes",
                  type -> SANS_IO_CLASSES.contains(outermost(type).getName())))
          .as("sans-I/O code");

  private static JavaClass outermost(JavaClass type) {
    JavaClass at = type;
    while (at.getEnclosingClass().isPresent()) {
      at = at.getEnclosingClass().get();
    }
    return at;
  }

  private static String everythingIn(String module) {
    return "io.polarj." + module + "..";
  }

  @Test
  void everyModuleIsSeenHere() {
    // A rule over classes that were not found would hold of nothing.
    for (String module :
        List.of("platform", "storage", "polarctrl", "pfs", "engine", "sql", "sim")) {
      assertThat(CLASSES.stream().filter(type -> in(type, module)).count())
          .as("classes of module %s", module)
          .isGreaterThan(5);
    }
    for (String sansIo : SANS_IO_CLASSES) {
      assertThat(CLASSES.contain(sansIo)).as("class %s", sansIo).isTrue();
    }
    assertThat(
            CLASSES.stream()
                .filter(type -> !type.getPackageName().equals("io.polarj")) // these tests
                .filter(type -> MODULES.keySet().stream().noneMatch(module -> in(type, module))))
        .as("classes of no known module")
        .isEmpty();
  }

  private static boolean in(JavaClass type, String module) {
    String all = "io.polarj." + module;
    return type.getPackageName().equals(all) || type.getPackageName().startsWith(all + ".");
  }

  @Test
  void modulesUseOnlyModulesBelowThem() {
    MODULES.forEach((module, allowed) -> {
      List<String> forbidden = new ArrayList<>();
      for (String other : MODULES.keySet()) {
        if (!other.equals(module) && !allowed.contains(other)) {
          forbidden.add(everythingIn(other));
        }
      }
      if (!forbidden.isEmpty()) {
        noClasses()
            .that()
            .resideInAPackage(everythingIn(module))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden.toArray(String[]::new))
            .allowEmptyShould(true)
            .check(CLASSES);
      }
    });
  }

  @Test
  void productionCodeNeverUsesTheSimulatedPlatform() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.polarj.sim..", "io.polarj.platform.sim..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.polarj.platform.sim..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.polarj.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void enginePackagesUseOnlyThoseBeforeThem() {
    for (int i = 0; i < ENGINE_ORDER.size(); i++) {
      String[] later =
          ENGINE_ORDER.subList(i + 1, ENGINE_ORDER.size()).stream()
              .map(name -> "io.polarj.engine." + name + "..")
              .toArray(String[]::new);
      if (later.length > 0) {
        noClasses()
            .that()
            .resideInAPackage("io.polarj.engine." + ENGINE_ORDER.get(i) + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(later)
            .check(CLASSES);
      }
    }
    assertThat(
            CLASSES.stream()
                .filter(type -> in(type, "engine"))
                .map(type -> type.getPackageName().substring("io.polarj.engine".length()))
                .filter(rest -> !rest.isEmpty())
                .map(rest -> rest.substring(1).split("\\.")[0]))
        .as("engine packages of the table")
        .isSubsetOf(ENGINE_ORDER);
  }

  @Test
  void sansIoCodeHasNoThreadsAndNoLocks() {
    noClasses()
        .that(SANS_IO)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.Thread(\\$.*|Local|Group)?"
                + "|java\\.util\\.concurrent\\.locks\\..*"
                + "|java\\.util\\.concurrent\\.(Executor.*|ScheduledExecutor.*|ForkJoin.*|"
                + "ThreadPool.*|CountDownLatch|CyclicBarrier|Phaser|Semaphore|Exchanger|"
                + ".*BlockingQueue|.*TransferQueue)"
                + "|java\\.util\\.Timer")
        .check(CLASSES);
    noMethods()
        .that()
        .areDeclaredInClassesThat(SANS_IO)
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .check(CLASSES);
  }

  @Test
  void sansIoCodeHasNoClockAndNoRandomNumbersOfItsOwn() {
    noClasses()
        .that(SANS_IO)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.Random|java\\.util\\.SplittableRandom|java\\.security\\.SecureRandom"
                + "|java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.util\\.random\\..*"
                + "|java\\.time\\.Clock")
        .check(CLASSES);
    noClasses()
        .that(SANS_IO)
        .should()
        .callMethodWhere(
            calls("java.lang.System", "nanoTime|currentTimeMillis")
                .or(calls("java\\.time\\..*", "now"))
                .or(calls("java.util.UUID", "randomUUID"))
                .or(calls("java.lang.(Strict)?Math", "random")))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaMethodCall> calls(String owners, String methods) {
    return DescribedPredicate.describe(
        owners + "." + methods,
        call ->
            call.getTargetOwner().getName().matches(owners)
                && call.getTarget().getName().matches(methods));
  }

  @Test
  void nettyIsUsedOnlyWhereBytesMeetTheNetwork() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.polarj.platform.net..", "io.polarj.sql.protocol..", "io.polarj.server..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  @Test
  void rdmaLibraryIsNamedByOneClassAlone() {
    noClasses()
        .that()
        .haveNameNotMatching("io\\.polarj\\.platform\\.net\\.rdma\\.DisniVerbs(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.ibm.disni..")
        .check(CLASSES);
  }

  @Test
  void calciteIsUsedOnlyInSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.polarj.sql..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.calcite..")
        .check(CLASSES);
  }

  @Test
  void nativeCallsAreMadeOnlyInPlatform() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.polarj.platform..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.foreign\\.(Linker(\\$.*)?|SymbolLookup|FunctionDescriptor)"
                + "|sun\\.misc\\.Unsafe|jdk\\.internal\\..*")
        .check(CLASSES);
  }
}
