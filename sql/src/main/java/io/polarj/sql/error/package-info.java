/** Errors as MySQL clients know them. */
package io.polarj.sql.error;
