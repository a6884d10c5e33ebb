package io.polarj.sql.session;

import io.polarj.sql.error.SqlError;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The sessions of a node. Any thread. */
public final class SessionRegistry {
  private record Entry(Session session, Runnable disconnect) {}

  private final AtomicLong nextId = new AtomicLong(1);
  private final ConcurrentSkipListMap<Long, Entry> sessions = new ConcurrentSkipListMap<>();

  public long newConnectionId() {
    return nextId.getAndIncrement();
  }

  /** {@code disconnect} closes the session's connection from any thread. */
  public void add(Session session, Runnable disconnect) {
    sessions.put(session.connectionId(), new Entry(session, disconnect));
  }

  public void remove(Session session) {
    sessions.remove(session.connectionId());
  }

  public int size() {
    return sessions.size();
  }

  public List<ProcessInfo> processes() {
    return sessions.values().stream().map(entry -> entry.session().process()).toList();
  }

  /** KILL [QUERY] id. */
  public void kill(long id, boolean connection) {
    Entry entry = sessions.get(id);
    if (entry == null) {
      throw SqlError.NO_SUCH_THREAD.with(id);
    }
    entry.session().kill(connection);
    if (connection) {
      entry.disconnect().run();
    }
  }
}
