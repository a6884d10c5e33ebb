/** Starting whole clusters: all roles in this process, or each in one of its own. */
package io.polarj.server.cluster;
