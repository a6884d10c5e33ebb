package io.polarj.sim.history;

/** A law was broken, or the system did not recover. Ends a run. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Violation(String law, String detail) {
    super(law + ": " + detail);
  }
}
