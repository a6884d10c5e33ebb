/**
 * The parser that FMPP and JavaCC make of Calcite's grammar and the productions in {@code
 * src/main/codegen}. Its tokens come from {@code parse.MySqlTokenSource}.
 */
package io.polarj.sql.parse.generated;
