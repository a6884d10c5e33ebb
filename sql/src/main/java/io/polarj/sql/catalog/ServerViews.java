package io.polarj.sql.catalog;

import io.polarj.engine.schema.Collation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tables of information_schema that tell of the server: what it is able to do, what it is doing.
 */
final class ServerViews {
  private ServerViews() {}

  static List<VirtualTable> tables(Supplier<List<Object[]>> processes) {
    return List.of(
        VirtualTable.named("ENGINES")
            .text("ENGINE", "SUPPORT", "COMMENT", "TRANSACTIONS", "XA", "SAVEPOINTS")
            .rows(s ->
                List.<Object[]>of(
                    new Object[] {
                      "InnoDB",
                      "DEFAULT",
                      "PolarJ's transactional B+tree tables",
                      "YES",
                      "NO",
                      "YES"
                    })),
        VirtualTable.named("CHARACTER_SETS")
            .text("CHARACTER_SET_NAME", "DEFAULT_COLLATE_NAME", "DESCRIPTION")
            .number("MAXLEN")
            .rows(s -> characterSets()),
        VirtualTable.named("COLLATIONS")
            .text("COLLATION_NAME", "CHARACTER_SET_NAME")
            .number("ID")
            .text("IS_DEFAULT", "IS_COMPILED")
            .number("SORTLEN")
            .text("PAD_ATTRIBUTE")
            .rows(s -> collations()),
        VirtualTable.named("COLLATION_CHARACTER_SET_APPLICABILITY")
            .text("COLLATION_NAME", "CHARACTER_SET_NAME")
            .rows(s -> collations().stream().map(row -> new Object[] {row[0], row[1]}).toList()),
        VirtualTable.named("PROCESSLIST")
            .number("ID")
            .text("USER", "HOST", "DB", "COMMAND")
            .number("TIME")
            .text("STATE")
            .longText("INFO")
            .rows(s -> processes.get()),
        VirtualTable.named("PLUGINS")
            .text("PLUGIN_NAME", "PLUGIN_VERSION", "PLUGIN_STATUS", "PLUGIN_TYPE")
            .empty(),
        VirtualTable.named("USER_PRIVILEGES")
            .text("GRANTEE", "TABLE_CATALOG", "PRIVILEGE_TYPE", "IS_GRANTABLE")
            .empty(),
        VirtualTable.named("KEYWORDS").text("WORD").number("RESERVED").empty());
  }

  private static List<Object[]> characterSets() {
    return List.<Object[]>of(
        new Object[] {"utf8mb4", "utf8mb4_0900_ai_ci", "UTF-8 Unicode", 4L},
        new Object[] {"binary", "binary", "Binary pseudo charset", 1L});
  }

  private static List<Object[]> collations() {
    List<Object[]> rows = new ArrayList<>();
    for (Collation collation : Collation.values()) {
      boolean binary = collation == Collation.BINARY;
      boolean isDefault = binary || collation == Collation.UTF8MB4_0900_AI_CI;
      boolean padded =
          collation == Collation.UTF8MB4_BIN || collation == Collation.UTF8MB4_GENERAL_CI;
      rows.add(
          new Object[] {
            collation.sqlName(),
            binary ? "binary" : "utf8mb4",
            (long) collation.id(),
            isDefault ? "Yes" : "",
            "Yes",
            1L,
            padded ? "PAD SPACE" : "NO PAD"
          });
    }
    return rows;
  }
}
