package io.polarj.replication.primary;

/** What the announcer asks of the primary's engine; quick, from the loop's thread. */
public interface PrimaryLog {
  /** Of the writer; rises with each start of a primary on the volume. */
  long epoch();

  long clusterIdHigh();

  long clusterIdLow();

  long durableLsn();

  /** LSN of the newest durable commit. */
  long commitLsn();

  long checkpointLsn();
}
