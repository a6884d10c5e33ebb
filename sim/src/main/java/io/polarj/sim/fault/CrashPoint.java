package io.polarj.sim.fault;

import io.polarj.platform.sim.SimLoop;
import java.util.List;

/**
 * Power is cut at one exact moment: right after a certain request to the first host's disk, before
 * anybody hears of its end.
 *
 * @param request which one, counted from 1; 0 for no cut at all
 * @param all whether every host loses power then, or the first alone
 * @param again the power is cut once more after so many requests of the first host's recovery; 0
 *     for not
 */
public record CrashPoint(long request, boolean all, long again) {
  public static final CrashPoint NONE = new CrashPoint(0, false, 0);
  private static final long DOWN_NANOS = 30_000_000L;

  /** Counts from now on. */
  public void arm(List<SimHost> hosts, SimLoop loop) {
    if (request == 0) {
      return;
    }
    SimHost first = hosts.getFirst();
    first.crashAfter(
        request,
        () -> {
          for (SimHost host : hosts) {
            if (all && host.running()) {
              host.crash();
            }
            loop.schedule(DOWN_NANOS, () -> restart(host, host == first ? again : 0, loop));
          }
        });
  }

  private static void restart(SimHost host, long crashAgain, SimLoop loop) {
    if (host.running()) {
      return;
    }
    if (crashAgain > 0) {
      host.crashAfter(crashAgain, () -> loop.schedule(DOWN_NANOS, () -> restart(host, 0, loop)));
    }
    host.start();
  }
}
