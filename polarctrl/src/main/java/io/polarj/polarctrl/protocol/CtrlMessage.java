package io.polarj.polarctrl.protocol;

import io.polarj.platform.net.Message;

/** The messages of PolarCtrl's protocol. */
public sealed interface CtrlMessage extends Message permits CtrlRequest, CtrlReply {
  /** Chosen by the asker, unique among all its requests over all its starts; answers repeat it. */
  long requestId();
}
