/** What primary and replicas tell each other. */
package io.polarj.replication.protocol;
