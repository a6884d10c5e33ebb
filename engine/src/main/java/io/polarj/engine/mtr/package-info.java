/** Mini-transactions: the only way to change a page. */
package io.polarj.engine.mtr;
