package io.polarj.engine.error;

/** An operation of the engine that failed for a reason its caller is to be told. */
public sealed class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }

  EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A unique index has the key already. Only the statement is to be rolled back. */
  public static final class DuplicateKey extends EngineException {
    private static final long serialVersionUID = 1L;
    private final String index;
    private final String key;

    /** {@code key}: the values joined with {@code -}, as MySQL prints them. */
    public DuplicateKey(String table, String index, String key) {
      super("duplicate key " + key + " for " + table + "." + index);
      this.index = index;
      this.key = key;
    }

    public String index() {
      return index;
    }

    public String key() {
      return key;
    }
  }

  /** A row or metadata lock was not granted in time. Only the statement is to be rolled back. */
  public static final class LockWaitTimeout extends EngineException {
    private static final long serialVersionUID = 1L;

    public LockWaitTimeout(String what) {
      super("lock wait timeout for " + what);
    }
  }

  /** NOWAIT was asked for and the lock is taken. */
  public static final class LockNotAvailable extends EngineException {
    private static final long serialVersionUID = 1L;

    public LockNotAvailable(String what) {
      super("lock not available: " + what);
    }
  }

  /** This transaction was chosen as a deadlock's victim; it has been rolled back whole. */
  public static final class Deadlock extends EngineException {
    private static final long serialVersionUID = 1L;

    public Deadlock() {
      super("deadlock");
    }
  }

  /** Another session asked for this one's statement or connection to end. */
  public static final class Interrupted extends EngineException {
    private static final long serialVersionUID = 1L;

    public Interrupted() {
      super("interrupted");
    }
  }

  /** The node is a replica, or was fenced. */
  public static final class ReadOnly extends EngineException {
    private static final long serialVersionUID = 1L;

    public ReadOnly(String why) {
      super(why);
    }
  }

  /** The table was changed or dropped under a running reader. The statement can be tried again. */
  public static final class TableChanged extends EngineException {
    private static final long serialVersionUID = 1L;

    public TableChanged(String table) {
      super("table " + table + " was changed or dropped");
    }
  }

  /** The versions that this snapshot needs were purged (R5). */
  public static final class SnapshotTooOld extends EngineException {
    private static final long serialVersionUID = 1L;

    public SnapshotTooOld(String message) {
      super(message);
    }
  }

  /** The node can not answer now; the statement can be tried again, perhaps on another node. */
  public static final class NotServing extends EngineException {
    private static final long serialVersionUID = 1L;

    public NotServing(String why) {
      super(why);
    }
  }

  public static final class NoSuchTable extends EngineException {
    private static final long serialVersionUID = 1L;

    public NoSuchTable(String schema, String table) {
      super(schema + "." + table);
    }
  }

  public static final class NoSuchSchema extends EngineException {
    private static final long serialVersionUID = 1L;

    public NoSuchSchema(String schema) {
      super(schema);
    }
  }

  public static final class AlreadyExists extends EngineException {
    private static final long serialVersionUID = 1L;

    public AlreadyExists(String name) {
      super(name);
    }
  }

  /** A row, key or value is larger than a page can take. */
  public static final class TooLarge extends EngineException {
    private static final long serialVersionUID = 1L;

    public TooLarge(String message) {
      super(message);
    }
  }

  /** The volume is full. */
  public static final class NoSpace extends EngineException {
    private static final long serialVersionUID = 1L;

    public NoSpace(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A page, a redo block or an index is not what it has to be. The message names it. */
  public static final class Corruption extends EngineException {
    private static final long serialVersionUID = 1L;

    public Corruption(String message) {
      super(message);
    }
  }

  /** Storage failed; the engine has stopped taking writes. */
  public static final class StorageFailure extends EngineException {
    private static final long serialVersionUID = 1L;

    public StorageFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Asked for something that is not built yet. */
  public static final class NotSupported extends EngineException {
    private static final long serialVersionUID = 1L;

    public NotSupported(String what) {
      super(what + " is not supported yet");
    }
  }
}
