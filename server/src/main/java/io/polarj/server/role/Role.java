package io.polarj.server.role;

/** A running role. Closing stops it in order; what it acknowledged is durable already. */
public interface Role extends AutoCloseable {
  /** One line for the user: what it is and where it can be reached. */
  String describe();

  @Override
  void close();
}
