package io.polarj.sql.protocol.auth;

import java.nio.charset.StandardCharsets;

/**
 * A user that may log in, with verifiers of the password but not the password. Empty verifiers: no
 * password.
 */
record Account(String user, byte[] nativeVerifier, byte[] sha2Verifier) {
  static Account of(String user, String password) {
    if (password.isEmpty()) {
      return new Account(user, new byte[0], new byte[0]);
    }
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    return new Account(
        user,
        Scramble.hash("SHA-1", Scramble.hash("SHA-1", bytes)),
        Scramble.hash("SHA-256", Scramble.hash("SHA-256", bytes)));
  }

  boolean hasPassword() {
    return nativeVerifier.length > 0;
  }
}
