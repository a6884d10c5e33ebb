/** Page layout. */
package io.polarj.engine.page;
