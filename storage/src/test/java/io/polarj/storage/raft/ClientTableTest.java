package io.polarj.storage.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.MalformedMessageException;
import org.junit.jupiter.api.Test;

class ClientTableTest {
  private static EntryHeader write(long client, long sequence, long settledBelow, long epoch) {
    return new EntryHeader(
        1,
        1,
        1,
        EntryKind.WRITE,
        new RequestId(client, sequence, settledBelow),
        epoch,
        0,
        4096,
        0,
        0,
        0);
  }

  @Test
  void retryIsDoneAndSettledRequestIsStale() {
    ClientTable table = new ClientTable();
    table.fold(write(9, 1, 1, 1));
    table.fold(write(9, 3, 2, 1));
    assertThat(table.seen(new RequestId(9, 3, 2))).isEqualTo(ClientTable.Seen.DONE);
    assertThat(table.seen(new RequestId(9, 1, 1))).isEqualTo(ClientTable.Seen.STALE);
    assertThat(table.seen(new RequestId(9, 2, 2))).isEqualTo(ClientTable.Seen.NEW);
  }

  @Test
  void encodedTableComesBackAndDamageIsFound() {
    ClientTable table = new ClientTable();
    table.fold(write(9, 3, 2, 4));
    byte[] bytes = table.encode();
    ClientTable back = ClientTable.decode(bytes);
    assertThat(back.epoch()).isEqualTo(4);
    assertThat(back.seen(new RequestId(9, 3, 2))).isEqualTo(ClientTable.Seen.DONE);
    bytes[7] ^= 1;
    assertThatThrownBy(() -> ClientTable.decode(bytes))
        .isInstanceOf(MalformedMessageException.class);
  }
}
