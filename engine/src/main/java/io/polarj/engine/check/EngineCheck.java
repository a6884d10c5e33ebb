package io.polarj.engine.check;

import io.polarj.engine.btree.TreeCheck;
import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.dictionary.CatalogView;
import io.polarj.engine.dictionary.Dictionary;
import io.polarj.engine.dictionary.StoredTable;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.space.SpaceMap;
import io.polarj.engine.table.TableCheck;
import io.polarj.engine.table.TableRegistry;
import io.polarj.engine.trx.Transactions;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks everything: the checksum of every page in the files, the dictionary, the undo streams,
 * every tree, and every index against its table. The result is a list of findings, empty when all
 * holds. While it runs nobody may change tables; transactions that are open are passed over.
 */
public final class EngineCheck {
  private static final Logger LOG = LoggerFactory.getLogger(EngineCheck.class);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int ATTEMPTS = 5;

  private final FileSystem fileSystem;
  private final Dictionary dictionary;
  private final Transactions transactions;
  private final TableRegistry tables;
  private final MtrSource mtrs;
  private final Map<String, Integer> unreachable = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();

  public EngineCheck(
      FileSystem fileSystem,
      Dictionary dictionary,
      Transactions transactions,
      TableRegistry tables,
      MtrSource mtrs) {
    this.fileSystem = fileSystem;
    this.dictionary = dictionary;
    this.transactions = transactions;
    this.tables = tables;
    this.mtrs = mtrs;
  }

  public List<String> run() {
    step("dictionary", this::dictionary);
    step("undo", () -> findings.addAll(transactions.segments().check()));
    step(Tablespaces.path(Tablespaces.DICTIONARY), () -> pages(Tablespaces.DICTIONARY));
    step(Tablespaces.path(Tablespaces.UNDO), () -> pages(Tablespaces.UNDO));
    CatalogView view = dictionary.load();
    for (StoredTable table : view.byId().values()) {
      String name = table.def().schema() + "." + table.def().name();
      step(name, () -> pages(table.spaceId()));
      step(
          name,
          () -> {
            TableCheck check = new TableCheck(tables.of(table).data(), transactions.table());
            List<String> found = check.run();
            findings.addAll(found);
            if (found.isEmpty()) {
              space(table.spaceId(), check.pages());
            }
          });
    }
    step(
        Tablespaces.path(Tablespaces.UNDO),
        () -> space(Tablespaces.UNDO, transactions.segments().pages()));
    return findings;
  }

  /**
   * After {@link #run}: pages by file that are neither used nor free. A crash between the
   * allocation of a page and its use leaves them; they are lost room, nothing is wrong with them.
   */
  public Map<String, Integer> unreachablePages() {
    return unreachable;
  }

  private void space(int spaceId, TreeSet<Integer> used) {
    SpaceMap map = SpaceMap.read(mtrs, spaceId);
    for (int page : used) {
      if (map.free().contains(page) || page >= map.highWater()) {
        findings.add(Tablespaces.path(spaceId) + " page " + page + " is in use and free");
        return;
      }
    }
    int lost = map.unreachable(used);
    if (lost > 0) {
      unreachable.put(Tablespaces.path(spaceId), lost);
      LOG.info("{}: unreachable pages: {}", Tablespaces.path(spaceId), lost);
    }
  }

  /** What throws is a finding, and the rest is still looked at. */
  private void step(String what, Runnable check) {
    try {
      check.run();
    } catch (EngineException e) {
      findings.add(what + ": " + e.getMessage());
    }
  }

  private void dictionary() {
    TreeCheck.Report report = dictionary.tree().check();
    report.findings().forEach(finding -> findings.add("dictionary: " + finding));
    if (report.sound()) {
      TreeSet<Integer> used = new TreeSet<>(report.pages());
      used.addAll(report.overflowPages());
      space(Tablespaces.DICTIONARY, used);
    }
    dictionary.requireComplete();
    CatalogView view = dictionary.load();
    for (StoredTable table : view.byId().values()) {
      StoredTable named = view.table(table.def().schema(), table.def().name());
      if (named != null && named.id() != table.id()) {
        findings.add(
            "tables "
                + table.id()
                + " and "
                + named.id()
                + " are both named "
                + table.def().schema()
                + "."
                + table.def().name());
      }
    }
  }

  /** The checksums of a file's pages. A page that was never written is all zeros. */
  private void pages(int spaceId) {
    String path = Tablespaces.path(spaceId);
    try (PolarFile file = fileSystem.open(path, Set.of(OpenMode.READ));
        Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(PageLayout.PAGE_BYTES, 4096);
      long count = file.size() / PageLayout.PAGE_BYTES;
      for (long number = 0; number < count; number++) {
        String finding = null;
        // A page that is just being written may be read half: then it is read again.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
          file.read(number * PageLayout.PAGE_BYTES, page);
          finding = finding(page, spaceId, number);
          if (finding == null) {
            break;
          }
        }
        if (finding != null) {
          findings.add(path + " page " + number + ": " + finding);
        }
      }
    } catch (IOException e) {
      findings.add(path + " can not be read: " + e.getMessage());
    }
  }

  private static String finding(MemorySegment page, int spaceId, long number) {
    byte[] bytes = page.toArray(ValueLayout.JAVA_BYTE);
    boolean zeros = true;
    for (byte b : bytes) {
      zeros &= b == 0;
    }
    if (zeros) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, PageLayout.MAGIC, bytes.length - PageLayout.MAGIC);
    if (page.get(INT, PageLayout.CRC) != (int) crc.getValue()) {
      return "wrong checksum";
    }
    boolean own =
        page.get(INT, PageLayout.SPACE) == spaceId
            && page.get(INT, PageLayout.PAGE_NO) == (int) number;
    return own ? null : "is another page";
  }
}
