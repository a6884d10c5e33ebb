package io.polarj.polarctrl.protocol;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageCodec;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.GroupMember;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Bytes of PolarCtrl's protocol, type ids from 0x0400: the fields in record order, little-endian,
 * texts and lists behind an int count. Stateless, thread-safe.
 */
public final class CtrlCodec implements MessageCodec {
  public static final int TYPE_BASE = 0x0400;
  private static final int REFUSAL = TYPE_BASE + 1;
  private static final int CREATE_VOLUME = TYPE_BASE + 2;
  private static final int GROW_VOLUME = TYPE_BASE + 3;
  private static final int FIND_VOLUME = TYPE_BASE + 4;
  private static final int VOLUME_REPLY = TYPE_BASE + 5;
  private static final int ROUTE_REQUEST = TYPE_BASE + 6;
  private static final int ROUTE_REPLY = TYPE_BASE + 7;
  private static final int ACQUIRE_WRITER = TYPE_BASE + 8;
  private static final int RENEW_WRITER = TYPE_BASE + 9;
  private static final int RELEASE_WRITER = TYPE_BASE + 10;
  private static final int WRITER_REPLY = TYPE_BASE + 11;
  private static final int SERVICE_HEARTBEAT = TYPE_BASE + 12;
  private static final int SERVICE_HEARTBEAT_REPLY = TYPE_BASE + 13;
  private static final int STATUS_REQUEST = TYPE_BASE + 14;
  private static final int STATUS_REPLY = TYPE_BASE + 15;
  private static final int WATCH_ROUTES = TYPE_BASE + 16;

  private static final int MAX_TEXT_BYTES = 1024;
  private static final int ROUTE_MIN_BYTES = 12;
  private static final int MEMBER_MIN_BYTES = 12;
  private static final int NODE_MIN_BYTES = 54;
  private static final int SERVICE_MIN_BYTES = 70;
  private static final int VOLUME_MIN_BYTES = 52;

  @Override
  public boolean handles(Class<? extends Message> type) {
    return CtrlMessage.class.isAssignableFrom(type);
  }

  @Override
  public int typeBase() {
    return TYPE_BASE;
  }

  @Override
  public int encode(Message message, MessageWriter out) {
    out.putLong(((CtrlMessage) message).requestId());
    return switch ((CtrlMessage) message) {
      case CtrlRequest request -> encodeRequest(request, out);
      case CtrlReply reply -> encodeReply(reply, out);
    };
  }

  private static int encodeRequest(CtrlRequest request, MessageWriter out) {
    return switch (request) {
      case CreateVolume m -> {
        putText(out, m.name());
        out.putLong(m.sizeBytes()).putLong(m.chunkBytes()).putInt(m.replicas());
        yield CREATE_VOLUME;
      }
      case GrowVolume m -> {
        putText(out, m.name());
        out.putLong(m.sizeBytes());
        yield GROW_VOLUME;
      }
      case FindVolume m -> {
        putText(out, m.name());
        yield FIND_VOLUME;
      }
      case RouteRequest m -> {
        out.putLong(m.volume()).putInt(m.firstChunk()).putInt(m.count());
        yield ROUTE_REQUEST;
      }
      case WatchRoutes m -> {
        out.putLong(m.volume());
        yield WATCH_ROUTES;
      }
      case AcquireWriter m -> {
        out.putLong(m.volume());
        putText(out, m.owner());
        out.putBoolean(m.force()).putLong(m.onlyAfter());
        yield ACQUIRE_WRITER;
      }
      case RenewWriter m -> {
        out.putLong(m.volume());
        putText(out, m.owner());
        out.putLong(m.epoch());
        yield RENEW_WRITER;
      }
      case ReleaseWriter m -> {
        out.putLong(m.volume());
        putText(out, m.owner());
        out.putLong(m.epoch());
        yield RELEASE_WRITER;
      }
      case ServiceHeartbeat m -> {
        out.putLong(m.clusterId());
        putService(out, m.service());
        yield SERVICE_HEARTBEAT;
      }
      case StatusRequest m -> STATUS_REQUEST;
    };
  }

  private static int encodeReply(CtrlReply reply, MessageWriter out) {
    return switch (reply) {
      case Refusal m -> {
        out.putByte(m.status().code());
        putText(out, m.message());
        yield REFUSAL;
      }
      case VolumeReply m -> {
        putVolume(out, m.volume());
        yield VOLUME_REPLY;
      }
      case RouteReply m -> {
        putVolume(out, m.volume());
        out.putInt(m.routes().size());
        m.routes().forEach(route -> putRoute(out, route));
        yield ROUTE_REPLY;
      }
      case WriterReply m -> {
        out.putLong(m.volume()).putLong(m.epoch()).putLong(m.leaseMillis());
        yield WRITER_REPLY;
      }
      case ServiceHeartbeatReply m -> {
        out.putLong(m.leaseMillis());
        yield SERVICE_HEARTBEAT_REPLY;
      }
      case StatusReply m -> {
        out.putLong(m.clusterId());
        out.putInt(m.nodes().size());
        m.nodes().forEach(node -> putNode(out, node));
        out.putInt(m.services().size());
        m.services().forEach(service -> putServiceStatus(out, service));
        out.putInt(m.volumes().size());
        m.volumes().forEach(volume -> putVolume(out, volume));
        yield STATUS_REPLY;
      }
    };
  }

  @Override
  public Message decode(int typeId, MessageReader in) {
    try {
      return decodeBody(typeId, in);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("message type " + typeId + ": " + e.getMessage());
    }
  }

  private static Message decodeBody(int typeId, MessageReader in) {
    long id = in.getLong();
    return switch (typeId) {
      case REFUSAL -> new Refusal(id, known(CtrlStatus.ofCode(in.getByte())), text(in));
      case CREATE_VOLUME -> new CreateVolume(id, text(in), in.getLong(), in.getLong(), in.getInt());
      case GROW_VOLUME -> new GrowVolume(id, text(in), in.getLong());
      case FIND_VOLUME -> new FindVolume(id, text(in));
      case VOLUME_REPLY -> new VolumeReply(id, volume(in));
      case ROUTE_REQUEST -> new RouteRequest(id, in.getLong(), in.getInt(), in.getInt());
      case ROUTE_REPLY ->
          new RouteReply(id, volume(in), list(in, ROUTE_MIN_BYTES, CtrlCodec::route));
      case ACQUIRE_WRITER ->
          new AcquireWriter(id, in.getLong(), text(in), in.getBoolean(), in.getLong());
      case RENEW_WRITER -> new RenewWriter(id, in.getLong(), text(in), in.getLong());
      case RELEASE_WRITER -> new ReleaseWriter(id, in.getLong(), text(in), in.getLong());
      case WRITER_REPLY -> new WriterReply(id, in.getLong(), in.getLong(), in.getLong());
      case SERVICE_HEARTBEAT -> new ServiceHeartbeat(id, in.getLong(), service(in));
      case SERVICE_HEARTBEAT_REPLY -> new ServiceHeartbeatReply(id, in.getLong());
      case WATCH_ROUTES -> new WatchRoutes(id, in.getLong());
      case STATUS_REQUEST -> new StatusRequest(id);
      case STATUS_REPLY ->
          new StatusReply(
              id,
              in.getLong(),
              list(in, NODE_MIN_BYTES, CtrlCodec::node),
              list(in, SERVICE_MIN_BYTES, CtrlCodec::serviceStatus),
              list(in, VOLUME_MIN_BYTES, CtrlCodec::volume));
      default -> throw new MalformedMessageException("unknown PolarCtrl message type " + typeId);
    };
  }

  private static void putVolume(MessageWriter out, VolumeInfo volume) {
    out.putLong(volume.id());
    putText(out, volume.name());
    out.putLong(volume.sizeBytes()).putLong(volume.targetBytes()).putLong(volume.chunkBytes());
    out.putInt(volume.replicas()).putLong(volume.epoch());
    putText(out, volume.writer());
    out.putInt(volume.snapshot()).putLong(volume.parent()).putInt(volume.parentSnapshot());
  }

  private static VolumeInfo volume(MessageReader in) {
    VolumeInfo volume =
        new VolumeInfo(
            in.getLong(),
            text(in),
            in.getLong(),
            in.getLong(),
            in.getLong(),
            in.getInt(),
            in.getLong(),
            text(in),
            in.getInt(),
            in.getLong(),
            in.getInt());
    if (volume.chunkBytes() <= 0 || volume.sizeBytes() < 0) {
      throw new MalformedMessageException("a volume without a size: " + volume);
    }
    return volume;
  }

  private static void putRoute(MessageWriter out, ChunkRoute route) {
    out.putInt(route.chunk()).putInt(route.leader()).putInt(route.members().size());
    for (GroupMember member : route.members()) {
      out.putInt(member.node());
      putAddress(out, member.address());
    }
  }

  private static ChunkRoute route(MessageReader in) {
    return new ChunkRoute(
        in.getInt(),
        in.getInt(),
        list(in, MEMBER_MIN_BYTES, r -> new GroupMember(r.getInt(), address(r))));
  }

  private static void putNode(MessageWriter out, NodeStatus node) {
    out.putInt(node.node());
    putAddress(out, node.address());
    putText(out, node.failureDomain());
    out.putBoolean(node.live()).putLong(node.ageMillis()).putByte(node.disk().code());
    putText(out, node.diskMessage());
    out.putLong(node.totalBlocks()).putLong(node.freeBlocks());
    out.putInt(node.chunks()).putInt(node.leaders());
  }

  private static NodeStatus node(MessageReader in) {
    return new NodeStatus(
        in.getInt(),
        address(in),
        text(in),
        in.getBoolean(),
        in.getLong(),
        diskState(in.getByte()),
        text(in),
        in.getLong(),
        in.getLong(),
        in.getInt(),
        in.getInt());
  }

  private static DiskState diskState(int code) {
    for (DiskState state : DiskState.values()) {
      if (state.code() == code) {
        return state;
      }
    }
    throw new MalformedMessageException("unknown disk state " + code);
  }

  private static void putServiceStatus(MessageWriter out, ServiceStatus status) {
    putService(out, status.service());
    out.putBoolean(status.live()).putLong(status.ageMillis());
  }

  private static ServiceStatus serviceStatus(MessageReader in) {
    return new ServiceStatus(service(in), in.getBoolean(), in.getLong());
  }

  private static void putService(MessageWriter out, ServiceInfo service) {
    putText(out, service.name());
    out.putByte(service.kind().code()).putLong(service.incarnation());
    putAddress(out, service.address());
    out.putInt(service.replicationPort()).putLong(service.volume());
    out.putLong(service.durableLsn()).putLong(service.appliedLsn()).putLong(service.epoch());
    putText(out, service.state());
  }

  private static ServiceInfo service(MessageReader in) {
    return new ServiceInfo(
        text(in),
        known(ServiceKind.ofCode(in.getByte())),
        in.getLong(),
        address(in),
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        text(in));
  }

  private static void putAddress(MessageWriter out, Address address) {
    putText(out, address.host());
    out.putInt(address.port());
  }

  private static Address address(MessageReader in) {
    return new Address(text(in), in.getInt());
  }

  /** Texts are for people or checked where they enter: one that is too long is cut. */
  private static void putText(MessageWriter out, String text) {
    String cut = text.length() > MAX_TEXT_BYTES / 4 ? text.substring(0, MAX_TEXT_BYTES / 4) : text;
    out.putString(cut);
  }

  private static String text(MessageReader in) {
    String text = in.getString();
    if (text.length() > MAX_TEXT_BYTES) {
      throw new MalformedMessageException("a text of " + text.length() + " characters");
    }
    return text;
  }

  private static <T> List<T> list(
      MessageReader in, int elementBytes, Function<MessageReader, T> element) {
    int count = in.getCount(elementBytes);
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(element.apply(in));
    }
    return elements;
  }

  private static <T> T known(T value) {
    if (value == null) {
      throw new MalformedMessageException("unknown code");
    }
    return value;
  }
}
