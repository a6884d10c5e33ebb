package io.polarj.storage.protocol;

import io.polarj.platform.net.Message;

/** The messages of the ChunkServer's client and control protocol. */
public sealed interface StorageMessage extends Message
    permits WriteRequest,
        WriteReply,
        DiscardRequest,
        ReadRequest,
        ReadReply,
        CreateChunk,
        DeleteChunk,
        FenceEpoch,
        ChangeMembers,
        ChangeSnapshots,
        ControlReply,
        NodeHeartbeat,
        NodeHeartbeatReply {}
