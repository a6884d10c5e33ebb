/** Name resolution and typing: {@link io.polarj.sql.ast} to Calcite relational expressions. */
package io.polarj.sql.bind;
