/** The storage stack under load, layer by layer, beside plain writes to a local file. */
package io.polarj.bench.storage;
