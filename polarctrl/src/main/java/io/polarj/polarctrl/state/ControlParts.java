package io.polarj.polarctrl.state;

import io.polarj.platform.clock.Clock;

/** The parts of the control plane that others build on. */
record ControlParts(
    CtrlSettings settings,
    Clock clock,
    CtrlStore store,
    NodeTable nodes,
    ReportTable reports,
    ChunkHealth health,
    ControlCalls calls,
    VolumeTable volumes) {}
