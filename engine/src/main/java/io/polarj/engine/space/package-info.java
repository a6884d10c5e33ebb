/** Which pages of a tablespace are used. */
package io.polarj.engine.space;
