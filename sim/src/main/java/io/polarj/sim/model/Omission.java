package io.polarj.sim.model;

/** A part of the corrections that a check may leave out, to see that it is needed. */
enum Omission {
  /** Votes do not look at the barrier, and a merge takes entries of whatever segment. */
  SEGMENTS,
  /** Merged entries keep the ballot they had. */
  RESTAMPING,
  /** An undecided entry that happens to lie in the slot before is believed. */
  DISTRUST_OF_UNDECIDED_ENTRIES
}
