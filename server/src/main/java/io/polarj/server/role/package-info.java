/** The roles of a cluster, each started and stopped as a unit. */
package io.polarj.server.role;
