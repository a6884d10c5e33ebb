/**
 * Announce, read, apply: the primary tells replicas how far redo is durable, replicas read it from
 * shared storage, apply it and report how far they are. See README.md.
 */
package io.polarj.replication;
