package io.polarj.server.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.polarj.platform.net.rdma.RdmaProbe;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.config.Transport;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The setting net.transport. */
final class TransportSettingTest {
  private static Settings settings(String transport) {
    Properties properties = new Properties();
    properties.setProperty("net.transport", transport);
    return Settings.of(properties);
  }

  @Test
  void tcpIsTheDefaultAndOtherWordsAreRefused() {
    assertThat(Settings.defaults().transport()).isEqualTo(Transport.TCP);
    assertThat(settings("rdma").transport()).isEqualTo(Transport.RDMA);
    assertThatThrownBy(() -> settings("ucx"))
        .isInstanceOf(StartException.class)
        .hasMessage("setting net.transport = ucx: transport 'ucx': say tcp or rdma");
  }

  @Test
  void rdmaOnAMachineWithoutItIsRefusedBeforeAnythingStarts() {
    assumeTrue(RdmaProbe.missing().isPresent(), "this machine has all that RDMA needs");
    assertThatThrownBy(() -> Networks.separate(null, settings("rdma")))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("net.transport = rdma cannot be used here: ")
        .hasMessageNotContaining("\n");
  }
}
