/** Time, as a thing that is handed in. */
package io.polarj.platform.clock;
