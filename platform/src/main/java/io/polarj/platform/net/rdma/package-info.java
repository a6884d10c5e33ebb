/**
 * Messages over RDMA: reliable connections, SEND and RECV with credits, the frames of TCP inside.
 */
package io.polarj.platform.net.rdma;
