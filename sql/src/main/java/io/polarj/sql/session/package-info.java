/** A client session: variables, transaction, prepared statements. */
package io.polarj.sql.session;
