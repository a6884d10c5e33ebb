package io.polarj.storage.raft;

/** Checks that stay on in production: a replica whose own state contradicts the rules stops. */
final class Invariant {
  private Invariant() {}

  static void check(boolean holds, String id, String detail) {
    if (!holds) {
      throw new IllegalStateException(id + ": " + detail);
    }
  }
}
