// What client threads counted. One instance per client, written by its thread alone; the
// histogram's recorder and the adders
// may be read by the reporting thread at any time.
package io.polarj.bench.sysbench;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;

/** Counters of one client. */
final class Counts {
  private static final int DIGITS = 3;

  final LongAdder transactions = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder writes = new LongAdder();
  final LongAdder others = new LongAdder();
  final LongAdder retried = new LongAdder();
  final Recorder latencyMicros = new Recorder(DIGITS);

  void statement(SqlOf.Kind kind) {
    switch (kind) {
      case READ -> reads.increment();
      case WRITE -> writes.increment();
      case OTHER -> others.increment();
    }
  }
}
