package io.polarj.pfs.volume.fsck;

import io.polarj.pfs.volume.fsck.FsckReport.Cure;
import io.polarj.pfs.volume.fsck.FsckReport.Finding;
import java.util.ArrayList;
import java.util.List;

/** Gathers what one run finds. */
final class Findings {
  private final List<Finding> list = new ArrayList<>();

  void whole(String what) {
    list.add(new Finding(what, Cure.WHOLE));
  }

  void loss(String what) {
    list.add(new Finding(what, Cure.LOSS));
  }

  void hopeless(String what) {
    list.add(new Finding(what, Cure.NONE));
  }

  List<Finding> all() {
    return list;
  }
}
