package io.polarj.sql.exec;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.LongAdder;

/**
 * Plans of all sessions. A change of the catalog leaves plans of older versions to be evicted. Any
 * thread.
 */
final class PlanCache {
  private final Cache<PlanKey, StatementPlan> plans;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  PlanCache(int entriesMax) {
    plans = Caffeine.newBuilder().maximumSize(entriesMax).build();
  }

  StatementPlan get(PlanKey key) {
    StatementPlan plan = plans.getIfPresent(key);
    (plan == null ? misses : hits).increment();
    return plan;
  }

  void put(PlanKey key, StatementPlan plan) {
    plans.put(key, plan);
  }

  void remove(PlanKey key) {
    plans.invalidate(key);
  }

  long hits() {
    return hits.sum();
  }

  long misses() {
    return misses.sum();
  }
}
