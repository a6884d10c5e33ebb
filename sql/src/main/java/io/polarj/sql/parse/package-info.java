/** The MySQL parser: text to {@link io.polarj.sql.ast}. */
package io.polarj.sql.parse;
