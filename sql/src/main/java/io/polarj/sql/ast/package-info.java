/** Parsed statements as plain records: what was written, nothing resolved. */
package io.polarj.sql.ast;
