package io.polarj.server.trial;

/** What a trial does to its processes. */
enum Fault {
  KILL_SERVER("kill -9", false),
  KILL_TWO_SERVERS("kill -9", true),
  KILL_ALL_SERVERS("kill -9", true),
  KILL_POLARCTRL("kill -9", false),
  STOP_SHORTLY("SIGSTOP", false),
  STOP_LONG("SIGSTOP", false),
  WIPE_DISK("kill -9, disk destroyed", false);

  final String what;

  /** Chunks may be without a majority for as long as the processes take to start. */
  final boolean majorityGone;

  Fault(String what, boolean majorityGone) {
    this.what = what;
    this.majorityGone = majorityGone;
  }
}
