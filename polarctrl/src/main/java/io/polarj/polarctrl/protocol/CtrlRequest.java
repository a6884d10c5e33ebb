package io.polarj.polarctrl.protocol;

/** Something PolarCtrl is asked. */
public sealed interface CtrlRequest extends CtrlMessage
    permits CreateVolume,
        GrowVolume,
        FindVolume,
        RouteRequest,
        AcquireWriter,
        RenewWriter,
        ReleaseWriter,
        ServiceHeartbeat,
        StatusRequest {}
