package io.polarj.sql.ast;

/** An item of ORDER BY. */
public record OrderItem(Expression expression, boolean descending) {}
