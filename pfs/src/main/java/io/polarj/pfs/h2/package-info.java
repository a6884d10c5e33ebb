/** H2 databases on PolarFS: {@code jdbc:h2:pfs://volume/path}. */
package io.polarj.pfs.h2;
