/** Results on their way from the executor to the protocol. */
package io.polarj.sql.result;
