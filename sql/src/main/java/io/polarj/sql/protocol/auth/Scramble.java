package io.polarj.sql.protocol.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * The challenge of the handshake and the two ways to answer it. Stateless but for the random
 * source.
 */
final class Scramble {
  static final int NONCE_BYTES = 20;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Scramble() {}

  /** 20 bytes, none zero: clients read them as a string. */
  static byte[] newNonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    for (int i = 0; i < nonce.length; i++) {
      nonce[i] = (byte) ((nonce[i] & 0x7f) % 93 + 33);
    }
    return nonce;
  }

  static byte[] hash(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }

  /**
   * mysql_native_password: the answer is SHA1(password) xor SHA1(nonce + SHA1(SHA1(password))); the
   * verifier is SHA1(SHA1(password)).
   */
  static boolean nativeMatches(byte[] answer, byte[] nonce, byte[] verifier) {
    return matches("SHA-1", answer, hash("SHA-1", nonce, verifier), verifier);
  }

  /**
   * caching_sha2_password: the answer is SHA256(password) xor SHA256(SHA256(SHA256(password)) +
   * nonce); the verifier is SHA256(SHA256(password)).
   */
  static boolean sha2Matches(byte[] answer, byte[] nonce, byte[] verifier) {
    return matches("SHA-256", answer, hash("SHA-256", verifier, nonce), verifier);
  }

  private static boolean matches(String algorithm, byte[] answer, byte[] mask, byte[] verifier) {
    if (answer.length != mask.length) {
      return false;
    }
    byte[] once = new byte[mask.length];
    for (int i = 0; i < once.length; i++) {
      once[i] = (byte) (answer[i] ^ mask[i]);
    }
    return MessageDigest.isEqual(hash(algorithm, once), verifier);
  }
}
