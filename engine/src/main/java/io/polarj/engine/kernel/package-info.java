/** The kernel: pages, redo and recovery behind one entry, for trees and transactions. */
package io.polarj.engine.kernel;
