/** Block devices: direct, asynchronous, explicitly flushed. */
package io.polarj.platform.disk;
