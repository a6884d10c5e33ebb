/** Who may log in, and how a client proves it. */
package io.polarj.sql.protocol.auth;
