package io.polarj.server.trial;

/** What a trial does to its processes. */
enum Fault {
  KILL_SERVER("kill -9"),
  KILL_TWO_SERVERS("kill -9"),
  KILL_ALL_SERVERS("kill -9"),
  KILL_POLARCTRL("kill -9"),
  STOP_SHORTLY("SIGSTOP"),
  STOP_LONG("SIGSTOP"),
  WIPE_DISK("kill -9, disk destroyed");

  final String what;

  Fault(String what) {
    this.what = what;
  }
}
