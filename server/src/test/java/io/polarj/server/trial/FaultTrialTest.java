package io.polarj.server.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.server.cluster.TestPorts;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A slice of {@code polarj bench faults}, and whether its checker sees what it is there to see. */
final class FaultTrialTest {
  private static final long ADDRESS = 48 << 10;
  @TempDir Path data;

  @Test
  @Timeout(600)
  void killedAndStoppedProcessesLoseNoAcknowledgedWrite() throws Exception {
    List<String> report = new ArrayList<>();
    FaultTrial.Plan plan =
        new FaultTrial.Plan(
            data.resolve("trial"), 3, TestPorts.freeBase() + 100, 15_000, 7, 1_000, false);
    List<String> findings = new FaultTrial(plan, report::add).run();
    assertThat(findings).as(String.join("\n", report)).isEmpty();
    assertThat(report.getLast()).endsWith("PASS");
    assertThat(report).anyMatch(line -> line.contains("kill -9") || line.contains("SIGSTOP"));
  }

  @Test
  void everyFlippedBitOfAPageIsSeen() throws Exception {
    MemorySegment page = page(7);
    assertThat(Page.version(page, ADDRESS)).isEqualTo(7);
    byte[] bytes = (byte[]) page.heapBase().orElseThrow();
    for (int at = 0; at < bytes.length; at += 61) {
      bytes[at] ^= 0x10;
      assertThatThrownBy(() -> Page.version(page, ADDRESS))
          .as("byte %d", at)
          .isInstanceOf(Page.BadPageException.class);
      bytes[at] ^= 0x10;
    }
  }

  @Test
  void tornForeignAndHalfEmptyPagesAreSeen() {
    MemorySegment torn = page(7);
    MemorySegment.copy(page(8), 8192, torn, 8192, 8192);
    assertThatThrownBy(() -> Page.version(torn, ADDRESS)).hasMessageContaining("torn");
    assertThatThrownBy(() -> Page.version(page(7), ADDRESS + Page.BYTES))
        .hasMessageContaining("belongs to");
    MemorySegment half = page(7);
    half.asSlice(0, Page.BLOCK_BYTES).fill((byte) 0);
    assertThatThrownBy(() -> Page.version(half, ADDRESS)).hasMessageContaining("torn");
    half.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 100, (byte) 1);
    assertThatThrownBy(() -> Page.version(half, ADDRESS)).hasMessageContaining("zero in part");
  }

  @Test
  void lostStaleAndMadeUpVersionsAreSeen() {
    PageVersions versions = new PageVersions(2);
    versions.acknowledged(0, versions.send(0));
    long inDoubt = versions.send(0);
    assertThat(versions.judge(0, versions.floor(0), 0)).startsWith("lost");
    assertThat(versions.judge(0, versions.floor(0), 1)).isNull();
    assertThat(versions.judge(0, versions.floor(0), inDoubt)).isNull();
    assertThat(versions.judge(0, versions.floor(0), 1))
        .as("a write in doubt that was read once has happened")
        .startsWith("stale");
    assertThat(versions.judge(0, versions.floor(0), 3)).startsWith("made up");
    assertThat(versions.judge(1, versions.floor(1), 0)).isNull();
  }

  private static MemorySegment page(long version) {
    MemorySegment page = MemorySegment.ofArray(new byte[Page.BYTES]);
    Page.fill(page, ADDRESS, version);
    return page;
  }
}
