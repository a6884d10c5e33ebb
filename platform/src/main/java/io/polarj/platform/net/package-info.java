/** Messages between nodes: links, codecs, networks. */
package io.polarj.platform.net;
