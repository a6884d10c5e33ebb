package io.polarj.engine.table;

import io.polarj.engine.btree.TreeCheck;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.trx.TransactionTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * Whether a table's trees are sound, share no page, and agree: every row that is there has exactly
 * its entries, every entry that is there has its row. Rows and entries of running transactions are
 * passed over; what is marked may be there or be gone. One thread, with nobody changing the table.
 */
public final class TableCheck {
  private static final int MOST_FINDINGS = 50;
  private final TableData table;
  private final TransactionTable transactions;
  private final List<String> findings = new ArrayList<>();
  private final TreeSet<Integer> pages = new TreeSet<>();

  public TableCheck(TableData table, TransactionTable transactions) {
    this.table = table;
    this.transactions = transactions;
  }

  /** The pages of all trees of the table; complete after a {@link #run} that found nothing. */
  public TreeSet<Integer> pages() {
    return pages;
  }

  public List<String> run() {
    walk(table.clustered());
    table.secondaries().forEach(this::walk);
    if (findings.isEmpty()) {
      rowsHaveTheirEntries();
      table.secondaries().forEach(this::entriesHaveTheirRows);
    }
    return findings;
  }

  private void report(IndexTree index, byte[] key, String what) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(
          table.def().schema()
              + "."
              + table.def().name()
              + "."
              + index.def().name()
              + " key "
              + HexFormat.of().formatHex(key)
              + ": "
              + what);
    }
  }

  private void walk(IndexTree index) {
    TreeCheck.Report report = index.tree().check();
    for (String finding : report.findings()) {
      findings.add(table.def().schema() + "." + table.def().name() + ": " + finding);
    }
    TreeSet<Integer> own = new TreeSet<>(report.pages());
    own.addAll(report.overflowPages());
    for (int page : own) {
      if (!pages.add(page)) {
        findings.add(
            "page " + page + " of tablespace " + index.tree().spaceId() + " is in two trees");
      }
    }
  }

  private void rowsHaveTheirEntries() {
    TreeCursor rows = table.clustered().tree().ascending(null, null);
    while (rows.next()) {
      byte[] version = Version.checked(rows.value());
      byte[] key = rows.key();
      if (transactions.running(Version.trx(version))) {
        continue;
      }
      VersionedRow row = new VersionedRow(table, key, version);
      for (IndexTree index : table.secondaries()) {
        byte[] entryKey = index.codec().encode(row, table.rowId(key));
        byte[] entry = index.tree().get(entryKey);
        boolean there = entry != null && !Version.entryDeleted(entry);
        if (entry != null && transactions.running(Version.trx(entry))) {
          continue;
        }
        if (there == Version.deleted(version)) {
          report(index, entryKey, there ? "entry of a deleted row" : "row without its entry");
        }
      }
    }
  }

  private void entriesHaveTheirRows(IndexTree index) {
    TreeCursor entries = index.tree().ascending(null, null);
    while (entries.next()) {
      byte[] entry = entries.value();
      if (Version.entryDeleted(entry) || transactions.running(Version.trx(entry))) {
        continue;
      }
      byte[] entryKey = entries.key();
      byte[] key = index.codec().clusteredKey(entryKey);
      byte[] version = Version.checked(table.clustered().tree().get(key));
      if (version == null) {
        report(index, entryKey, "entry without a row");
        continue;
      }
      if (transactions.running(Version.trx(version))) {
        continue;
      }
      VersionedRow row = new VersionedRow(table, key, version);
      if (Version.deleted(version)
          || !Arrays.equals(index.codec().encode(row, table.rowId(key)), entryKey)) {
        report(index, entryKey, "entry of a row that has another key");
      }
    }
  }
}
