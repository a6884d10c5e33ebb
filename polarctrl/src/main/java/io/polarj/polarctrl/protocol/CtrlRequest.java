package io.polarj.polarctrl.protocol;

/** Something PolarCtrl is asked. */
public sealed interface CtrlRequest extends CtrlMessage
    permits CreateVolume,
        GrowVolume,
        FindVolume,
        RouteRequest,
        WatchRoutes,
        AcquireWriter,
        RenewWriter,
        ReleaseWriter,
        ServiceHeartbeat,
        StatusRequest {}
