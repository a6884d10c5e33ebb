package io.polarj.platform.net.rdma;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/**
 * What the transport needs of an RDMA library, in the terms of verbs and of its connection manager.
 * {@link #nextEvent} and {@link Device#awaitEvent} block and have a thread each; all the rest is
 * called on the transport's loop.
 */
interface Verbs {
  /** A new identifier: one end of a connection to be, or a listener. */
  Id newId() throws IOException;

  /** The next event of the connection manager, or null when none came in time. */
  Event nextEvent(int timeoutMillis) throws IOException;

  /** After everything made here was closed, and after the last {@link #nextEvent}. */
  void close() throws IOException;

  /** What the connection manager says. */
  enum EventKind {
    ADDRESS_RESOLVED,
    ROUTE_RESOLVED,
    CONNECT_REQUEST,
    ESTABLISHED,
    DISCONNECTED,
    FAILED,
    OTHER
  }

  /** {@code listener} is set for a request alone; {@code name} is the library's. */
  record Event(EventKind kind, Id listener, Id id, String name) {}

  /** An end of a connection, or a listener. */
  interface Id {
    void bind(InetSocketAddress address) throws IOException;

    void listen(int backlog) throws IOException;

    InetSocketAddress local() throws IOException;

    /** Null while there is no peer. */
    InetSocketAddress remote() throws IOException;

    void resolveAddress(InetSocketAddress peer, int timeoutMillis) throws IOException;

    void resolveRoute(int timeoutMillis) throws IOException;

    /**
     * The device that the resolved or requested connection goes over, opened when it was not yet.
     */
    Device device(int completions) throws IOException;

    /** A queue pair on the device, with room for {@code depth} requests each way. */
    QueuePair createQueuePair(int depth) throws IOException;

    void connect() throws IOException;

    void accept() throws IOException;

    void disconnect() throws IOException;

    /** Also turns a request down that was not accepted. */
    void destroy() throws IOException;
  }

  /** An opened device with one completion queue for all of its connections. */
  interface Device {
    /** Lets the device read and write that memory for us, and no peer address it. */
    Region register(MemorySegment memory) throws IOException;

    /** Hands completions to the sink; returns how many there were. */
    int poll(Completions sink) throws IOException;

    /** Asks for an event at the next completion; those that came before it need another poll. */
    void arm() throws IOException;

    /** Whether an event came in time. */
    boolean awaitEvent(int timeoutMillis) throws IOException;

    void close() throws IOException;
  }

  /** Told of the end of a request. */
  interface Completions {
    /** {@code failure} is null when it went well; {@code bytes} is the length of what came in. */
    void completed(long requestId, int bytes, String failure);
  }

  /** Memory known to a device. */
  interface Region {
    int key();

    void deregister() throws IOException;
  }

  /** The two queues of a connection. Requests are prepared once and posted many times. */
  interface QueuePair {
    Request prepareSend(long requestId, long address, int key) throws IOException;

    Request prepareReceive(long requestId, long address, int length, int key) throws IOException;

    /** Ends what is posted; nothing of it touches memory afterwards. */
    void destroy() throws IOException;
  }

  /** A prepared request. */
  interface Request {
    /** {@code bytes} is for a send. */
    void post(int bytes) throws IOException;

    void free();
  }
}
