/** Statements that change definitions: their checks, and the engine calls they become. */
package io.polarj.sql.exec.ddl;
