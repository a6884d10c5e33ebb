/** The {@code server} module of PolarJ; see the module's README for its place in the data path. */
package io.polarj.server;
