/** Schemas and tables as rows of a B+tree, and the catalog that is cached from them. */
package io.polarj.engine.dictionary;
