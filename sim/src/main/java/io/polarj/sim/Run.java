package io.polarj.sim;

import io.polarj.sim.fault.RunTrace;

/** What is common to the reports of all scenarios. */
record Run(String violation, long traceHash, String line, RunTrace trace) {
  boolean passed() {
    return violation == null;
  }

  boolean livenessOnly() {
    return violation != null && violation.startsWith("liveness");
  }

  int code() {
    if (violation == null) {
      return SimCommand.PASSED;
    }
    return livenessOnly() ? SimCommand.NOT_RECOVERED : SimCommand.LAW_BROKEN;
  }

  /** The law without what exactly happened. */
  String law() {
    if (violation == null) {
      return "";
    }
    int end = violation.indexOf(':');
    return end < 0 ? violation : violation.substring(0, end);
  }
}
