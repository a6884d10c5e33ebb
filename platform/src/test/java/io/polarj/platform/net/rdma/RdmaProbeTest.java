package io.polarj.platform.net.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.loop.IdleMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.CodecRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RdmaProbeTest {
  @TempDir Path directory;

  @Test
  void whatIsMissingIsNamedInOneLineAndTheStartIsRefused() {
    Optional<String> missing = RdmaProbe.missing();
    Assumptions.assumeTrue(missing.isPresent(), "this machine has all that RDMA needs");
    assertThat(missing.get())
        .containsAnyOf("libibverbs.so.1", "librdmacm.so.1", "an RDMA device", "libdisni")
        .doesNotContain("\n");
    try (ThreadLoop loop = ThreadLoop.start("node")) {
      assertThatThrownBy(() ->
              RdmaNetwork.open(
                  loop, new CodecRegistry(), RdmaSettings.forCluster(1), IdleMode.HYBRID))
          .isInstanceOf(RdmaUnavailableException.class)
          .hasMessage("net.transport = rdma cannot be used here: " + missing.get());
    }
  }

  @Test
  void bridgeIsLookedForInTheLibraryPathAndTriedBeforeItIsTrusted() throws Exception {
    assertThat(RdmaProbe.bridgeMissing(directory.toString()).orElseThrow())
        .contains(System.mapLibraryName("disni"), directory.toString());
    Files.writeString(directory.resolve(System.mapLibraryName("disni")), "not a library");
    assertThat(RdmaProbe.bridgeMissing(directory.toString()).orElseThrow())
        .startsWith("a loadable " + directory);
  }
}
