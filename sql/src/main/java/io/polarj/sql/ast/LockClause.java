package io.polarj.sql.ast;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;

/** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE with what to do about a conflict. */
public record LockClause(LockMode mode, LockWait onConflict) {}
