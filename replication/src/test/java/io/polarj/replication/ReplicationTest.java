package io.polarj.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.replication.Cluster.Replica;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary and replicas over one directory: what is committed is seen, whoever restarts. */
class ReplicationTest {
  @TempDir Path directory;

  @Test
  void committedRowIsReadOnEveryReplica() throws Exception {
    try (Cluster cluster = new Cluster(directory, ReplicationSettings.defaults())) {
      Accounts.create(cluster.primary(), 3, 100);
      Replica first = cluster.replica();
      Replica second = cluster.replica();
      Accounts.run(cluster.primary(), t -> Accounts.insert(cluster.primary(), t, 4, 7L, "new"));
      for (Replica replica : new Replica[] {first, second}) {
        cluster.catchUp(replica);
        Accounts.run(
            replica.engine(), t -> assertThat(Accounts.n(replica.engine(), t, 4)).isEqualTo(7L));
        assertThat(replica.node().status().primarySqlAddress()).isEqualTo("primary:3306");
      }
      assertThat(cluster.replication().replicas()).hasSize(2);
    }
  }
}
