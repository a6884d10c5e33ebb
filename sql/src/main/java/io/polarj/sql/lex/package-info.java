/**
 * Tokens of MySQL's SQL, splitting of multi-statements, and the digest that plans are cached under.
 */
package io.polarj.sql.lex;
