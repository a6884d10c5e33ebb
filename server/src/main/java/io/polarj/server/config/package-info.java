/** Settings, the data directory, and what identifies a cluster. */
package io.polarj.server.config;
