package io.polarj.pfs.polarswitch;

import io.polarj.storage.protocol.GroupMember;
import java.util.List;

/**
 * Where one chunk is, and who leads it as far as the switch knows. A member that stayed silent is
 * under suspicion for a while: neither PolarCtrl's nor a follower's word makes it the leader again,
 * for both go on naming a dead leader until they notice.
 */
final class Route {
  private static final long SUSPICION_NANOS = 1_000_000_000L;

  private List<GroupMember> members;
  private int leader;
  private int cursor;
  private int suspect;
  private long suspectUntilNanos;
  private int proven;
  private long confirmations;

  Route(List<GroupMember> members, int leader) {
    this.members = members;
    this.leader = leader;
  }

  /** What PolarCtrl says now. Its word on the leader is older than what answers told. */
  void update(List<GroupMember> newMembers, int newLeader, long nowNanos) {
    members = newMembers;
    if (leader != 0 && find(leader) == null) {
      leader = 0;
    }
    if (leader == 0) {
      hinted(newLeader, nowNanos);
    }
  }

  /**
   * Whom to ask: the leader, or the next member in turn, but not one under suspicion as long as
   * there is another. Null when the chunk has none.
   */
  GroupMember target(long nowNanos) {
    GroupMember known = leader == 0 ? null : find(leader);
    if (known != null || members.isEmpty()) {
      return known;
    }
    GroupMember next = members.get(Math.floorMod(cursor, members.size()));
    return suspected(next.node(), nowNanos)
        ? members.get(Math.floorMod(cursor + 1, members.size()))
        : next;
  }

  /** Whether it is known who leads. */
  boolean led() {
    return leader != 0;
  }

  /** A member did what only the leader does. */
  void confirmed(int node) {
    leader = node;
    if (proven != node) {
      proven = node;
      confirmations++;
    }
    if (suspect == node) {
      suspect = 0;
    }
  }

  /** Counts the leaders that have proved themselves. */
  long confirmations() {
    return confirmations;
  }

  /** Whether another than that node has proved to be the leader since the count was so. */
  boolean provenSince(long count, int node) {
    return confirmations != count && proven != 0 && proven != node;
  }

  /** A member is not the leader. */
  void refused(int node) {
    if (leader == node) {
      leader = 0;
    }
    if (proven == node) {
      proven = 0;
    }
    moveOn(node);
  }

  /** A member did not answer. */
  void silent(int node, long nowNanos) {
    suspect = node;
    suspectUntilNanos = nowNanos + SUSPICION_NANOS;
    refused(node);
  }

  /** Somebody says who leads; false when that is no use. */
  boolean hinted(int node, long nowNanos) {
    if (node == 0 || suspected(node, nowNanos) || find(node) == null) {
      return false;
    }
    leader = node;
    return true;
  }

  private boolean suspected(int node, long nowNanos) {
    return node == suspect && nowNanos - suspectUntilNanos < 0;
  }

  boolean knows(int node) {
    return find(node) != null;
  }

  private void moveOn(int node) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).node() == node) {
        cursor = i + 1;
      }
    }
  }

  private GroupMember find(int node) {
    for (GroupMember member : members) {
      if (member.node() == node) {
        return member;
      }
    }
    return null;
  }
}
