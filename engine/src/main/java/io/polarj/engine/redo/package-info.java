/** The redo log: format, buffer, writer, files, reader. */
package io.polarj.engine.redo;
