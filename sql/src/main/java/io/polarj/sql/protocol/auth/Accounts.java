package io.polarj.sql.protocol.auth;

import java.util.Map;
import java.util.TreeMap;

/** The users that may log in; given by the node's settings. Immutable. */
public final class Accounts {
  private final Map<String, Account> accounts = new TreeMap<>();

  private Accounts() {}

  /** {@code passwords}: user name to password, empty for none. */
  public static Accounts of(Map<String, String> passwords) {
    Accounts result = new Accounts();
    passwords.forEach((user, password) -> result.accounts.put(user, Account.of(user, password)));
    return result;
  }

  /** A fresh challenge. */
  public static byte[] newNonce() {
    return Scramble.newNonce();
  }

  /** Whether the answer to the challenge proves that the client knows the user's password. */
  public boolean accepts(String user, AuthPlugin plugin, byte[] answer, byte[] nonce) {
    Account account = accounts.get(user);
    if (account == null) {
      return false;
    }
    if (!account.hasPassword()) {
      return answer.length == 0;
    }
    return switch (plugin) {
      case NATIVE -> Scramble.nativeMatches(answer, nonce, account.nativeVerifier());
      case SHA2 -> Scramble.sha2Matches(answer, nonce, account.sha2Verifier());
    };
  }
}
