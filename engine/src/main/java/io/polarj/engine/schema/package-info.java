/** Definitions of tables, columns, indexes and types. */
package io.polarj.engine.schema;
