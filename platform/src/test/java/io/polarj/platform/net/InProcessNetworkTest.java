package io.polarj.platform.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.loop.ThreadLoop;
import org.junit.jupiter.api.Test;

final class InProcessNetworkTest extends NetworkContract {
  private final InProcessHub hub = new InProcessHub();

  @Override
  protected Network network(ThreadLoop loop) {
    return new InProcessNetwork(hub, loop);
  }

  @Override
  protected Address listen(Network network, Address again, MessageHandler handler) {
    Address address = again == null ? new Address("node", 1) : again;
    network.listen(address, handler);
    return address;
  }

  @Test
  void addressInUseIsRefused() {
    Address address = listen(open(serverLoop), null, NetworkContract::echo);
    assertThatThrownBy(() -> listen(open(serverLoop), address, NetworkContract::echo))
        .hasMessageContaining("node:1 is in use");
  }
}
