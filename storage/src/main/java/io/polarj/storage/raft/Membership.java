package io.polarj.storage.raft;

import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * Who belongs to a group. It changes only with a barrier, which carries it (INV-RAFT-10), and by
 * one voter at a time, so that majorities of neighbouring memberships meet.
 *
 * @param number the term of the barrier that brought it; 0 for the first
 * @param voters those whose majority decides
 * @param learners those who only follow
 */
public record Membership(long number, List<GroupMember> voters, List<GroupMember> learners) {
  /** Of a newcomer that was not told yet where it belongs. */
  public static final Membership NONE = new Membership(0, List.of(), List.of());

  public Membership {
    voters = List.copyOf(voters);
    learners = List.copyOf(learners);
    TreeSet<Integer> nodes = new TreeSet<>();
    voters.forEach(member -> nodes.add(member.node()));
    learners.forEach(member -> nodes.add(member.node()));
    int size = voters.size() + learners.size();
    if (nodes.size() != size || size > StorageLimits.MAX_MEMBERS) {
      throw new IllegalArgumentException("members " + voters + ", learners " + learners);
    }
  }

  public static Membership first(List<GroupMember> voters) {
    return new Membership(0, voters, List.of());
  }

  Membership numbered(long term) {
    return new Membership(term, voters, learners);
  }

  public boolean unknown() {
    return voters.isEmpty();
  }

  public boolean votes(int node) {
    return find(voters, node) != null;
  }

  public boolean learns(int node) {
    return find(learners, node) != null;
  }

  /** Whether more than half of the voters are such. */
  public boolean majority(IntPredicate such) {
    int count = 0;
    for (GroupMember voter : voters) {
      count += such.test(voter.node()) ? 1 : 0;
    }
    return count > voters.size() / 2;
  }

  /** Voters and learners. */
  public List<GroupMember> all() {
    List<GroupMember> members = new ArrayList<>(voters);
    members.addAll(learners);
    return members;
  }

  /** Node numbers of voters and learners. */
  public int[] nodes() {
    return all().stream().mapToInt(GroupMember::node).toArray();
  }

  /** Whether these are the same members in the same parts, wherever they are. */
  boolean sameNodes(Membership other) {
    return nodes(voters).equals(nodes(other.voters))
        && nodes(learners).equals(nodes(other.learners));
  }

  /** The voter that is in the other membership but not in this one, or 0. */
  int added(Membership other) {
    for (GroupMember voter : other.voters) {
      if (!votes(voter.node())) {
        return voter.node();
      }
    }
    return 0;
  }

  /** Whether the other one can follow this one: at most one voter comes or goes. */
  boolean mayBecome(Membership other) {
    TreeSet<Integer> difference = nodes(voters);
    for (int node : nodes(other.voters)) {
      if (!difference.remove(node)) {
        difference.add(node);
      }
    }
    return !other.unknown() && difference.size() <= 1;
  }

  private static TreeSet<Integer> nodes(List<GroupMember> members) {
    TreeSet<Integer> nodes = new TreeSet<>();
    members.forEach(member -> nodes.add(member.node()));
    return nodes;
  }

  private static GroupMember find(List<GroupMember> members, int node) {
    for (GroupMember member : members) {
      if (member.node() == node) {
        return member;
      }
    }
    return null;
  }
}
