package io.polarj.sql.ast;

/**
 * An item of a select list. {@code expression} null: a star, of {@code qualifier} or of all tables.
 * {@code text}: as it was written, which names the column when there is no alias.
 */
public record SelectItem(Expression expression, String alias, TableName qualifier, String text) {}
