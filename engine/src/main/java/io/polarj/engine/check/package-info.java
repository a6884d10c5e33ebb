/** Walks everything that is stored and says whether it holds together. */
package io.polarj.engine.check;
