/**
 * From text to {@link io.polarj.sql.ast}: queries and DML by the generated parser over the tokens
 * of {@link io.polarj.sql.lex}, definitions by hand.
 */
package io.polarj.sql.parse;
