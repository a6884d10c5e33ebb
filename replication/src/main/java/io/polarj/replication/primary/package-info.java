/** The primary's side: registry of replicas, announcements, bounds. */
package io.polarj.replication.primary;
