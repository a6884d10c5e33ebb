/** Event loops: the threads that protocol state machines live on. */
package io.polarj.platform.loop;
