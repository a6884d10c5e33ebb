package io.polarj.polarctrl.client;

import io.polarj.polarctrl.protocol.ServiceHeartbeatReply;
import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.StatusReply;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.WriterReply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * {@link PolarCtrlClient} for callers that wait: tools, mounts, launchers. Never on an event loop.
 * Every call ends, at the latest at the client's own timeout, with a {@link CtrlException}.
 */
public final class BlockingPolarCtrl {
  private final PolarCtrlClient client;

  public BlockingPolarCtrl(PolarCtrlClient client) {
    this.client = client;
  }

  public VolumeInfo createVolume(String name, long sizeBytes, long chunkBytes, int replicas)
      throws IOException {
    return await(client.createVolume(name, sizeBytes, chunkBytes, replicas));
  }

  public VolumeInfo growVolume(String name, long sizeBytes) throws IOException {
    return await(client.growVolume(name, sizeBytes));
  }

  public VolumeInfo findVolume(String name) throws IOException {
    return await(client.findVolume(name));
  }

  public WriterReply acquireWriter(long volume, String owner, boolean force) throws IOException {
    return await(client.acquireWriter(volume, owner, force));
  }

  public WriterReply renewWriter(long volume, String owner, long epoch) throws IOException {
    return await(client.renewWriter(volume, owner, epoch));
  }

  public WriterReply releaseWriter(long volume, String owner, long epoch) throws IOException {
    return await(client.releaseWriter(volume, owner, epoch));
  }

  public ServiceHeartbeatReply heartbeat(long clusterId, ServiceInfo service) throws IOException {
    return await(client.heartbeat(clusterId, service));
  }

  public StatusReply status() throws IOException {
    return await(client.status());
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CtrlException refused) {
        throw new CtrlException(refused);
      }
      throw new IOException("asking PolarCtrl failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while PolarCtrl was asked");
    }
  }
}
