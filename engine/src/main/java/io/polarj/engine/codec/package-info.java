/** Memcomparable keys, the row format, and how characters compare. */
package io.polarj.engine.codec;
