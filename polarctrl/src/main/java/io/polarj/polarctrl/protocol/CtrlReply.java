package io.polarj.polarctrl.protocol;

/** An answer of PolarCtrl. Unless the status is OK only the message means something. */
public sealed interface CtrlReply extends CtrlMessage
    permits Refusal, VolumeReply, RouteReply, WriterReply, ServiceHeartbeatReply, StatusReply {
  default CtrlStatus status() {
    return CtrlStatus.OK;
  }

  default String message() {
    return "";
  }
}
