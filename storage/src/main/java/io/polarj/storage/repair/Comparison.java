package io.polarj.storage.repair;

import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.disk.DiskGeometry;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader compares its blocks' checksums with those of each member, {@link
 * RepairCodec#MOST_COMPARED} blocks at a time. The checksums come from the block tables, so this
 * reads nothing.
 *
 * <p>When do different checksums mean different states? A member's block holds the effect of every
 * entry that touches it up to what the member has applied, and perhaps of later ones, none above
 * the serving leader's last index. So if the leader's log has no entry that touches the block above
 * the lower of the two applied indices, both blocks are as of the same index and must be equal. If
 * it has one, or has trimmed those indices, nothing is known: the comparison is repeated a little
 * later.
 *
 * <p>A difference so found, with both blocks intact by their own tables, is divergence: a broken
 * law, not decay. Nobody can tell from it who is right, for a majority may share what is wrong, so
 * nothing is overwritten. It is logged and counted until a later comparison finds the blocks equal;
 * an operator has the replica replaced. One loop only.
 */
final class Comparison {
  private static final Logger LOG = LoggerFactory.getLogger(Comparison.class);
  private static final long ANSWER_NANOS = 1_000_000_000L;
  private static final long RETRY_NANOS = 200_000_000L;
  private static final int MOST_RETRIES = 20;

  private final Repairs repairs;
  private final EventLoop loop;
  private final TreeMap<Long, Run> asked = new TreeMap<>();

  Comparison(Repairs repairs, EventLoop loop) {
    this.repairs = repairs;
    this.loop = loop;
  }

  /** Compares the whole chunk with every member, if this node leads it. */
  void begin(Patient patient) {
    if (!patient.raft.status().serving()) {
      patient.divergent.clear(); // what a former leader knew is the new one's to find
      return;
    }
    if (patient.comparing > 0) {
      return;
    }
    for (int member : patient.raft.members().nodes()) {
      if (member != repairs.self()) {
        patient.comparing++;
        new Run(patient, member).ask();
      }
    }
  }

  /** Answers a leader's question about a replica of this node. */
  void answer(Patient patient, RepairMessage.Compare question) {
    int[] digests = {};
    long applied = 0;
    if (patient != null && question.block() < patient.blocks().blockCount()) {
      applied = patient.raft.applied();
      int count = Math.min(question.count(), patient.blocks().blockCount() - question.block());
      digests = new int[count];
      for (int i = 0; i < count; i++) {
        digests[i] = patient.blocks().digest(question.block() + i);
      }
    }
    repairs.send(
        question.from(),
        new RepairMessage.Compared(
            question.chunk(), repairs.self(), question.id(), question.block(), applied, digests));
  }

  void onCompared(RepairMessage.Compared answer) {
    Run run = asked.remove(answer.id());
    if (run != null && run.member == answer.from()) {
      run.onAnswer(answer);
    }
  }

  /** Divergent blocks of a replica, over all members. */
  static int divergent(Patient patient) {
    return patient.divergent.values().stream().mapToInt(TreeSet::size).sum();
  }

  /** The comparison with one member. */
  private final class Run {
    private final Patient patient;
    private final int member;
    private int block;
    private int retries;

    Run(Patient patient, int member) {
      this.patient = patient;
      this.member = member;
    }

    void ask() {
      if (!repairs.cares(patient)
          || block >= patient.blocks().blockCount()
          || !patient.raft.status().serving()) {
        patient.comparing--;
        return;
      }
      long id = repairs.nextId();
      asked.put(id, this);
      repairs.send(
          member,
          new RepairMessage.Compare(
              patient.chunk(), repairs.self(), id, block, RepairCodec.MOST_COMPARED));
      loop.schedule(ANSWER_NANOS, () -> unanswered(id));
    }

    private void unanswered(long id) {
      if (asked.remove(id) != null) {
        patient.comparing--; // the next pass tries again
      }
    }

    void onAnswer(RepairMessage.Compared answer) {
      if (answer.block() != block
          || answer.digests().length == 0
          || answer.digests().length > patient.blocks().blockCount() - block) {
        patient.comparing--;
        return;
      }
      boolean unknown = false;
      for (int i = 0; i < answer.digests().length; i++) {
        unknown |= !compare(block + i, answer.digests()[i], answer.applied());
      }
      if (unknown && retries < MOST_RETRIES) {
        retries++;
        loop.schedule(RETRY_NANOS, this::ask);
        return;
      }
      retries = 0;
      block += answer.digests().length;
      ask();
    }

    /** False when nothing can be said now. */
    private boolean compare(int at, int digest, long appliedThere) {
      TreeSet<Integer> known = patient.divergent.get(member);
      if (patient.blocks().digest(at) == digest) {
        if (known != null) {
          known.remove(at);
        }
        return true;
      }
      long low = Math.min(patient.raft.applied(), appliedThere);
      boolean sameState =
          patient.raft.status().serving()
              && patient.raft.untouchedAbove(
                  low, (long) at * DiskGeometry.BLOCK_BYTES, DiskGeometry.BLOCK_BYTES);
      if (!sameState) {
        return false;
      }
      if (patient.divergent.computeIfAbsent(member, m -> new TreeSet<>()).add(at)) {
        LOG.error(
            "chunk {}: block {} of node {} differs from the leader's on node {} although both are"
                + " intact as of index {}; replace the replica that is wrong",
            patient.chunk(),
            at,
            member,
            repairs.self(),
            low);
      }
      return true;
    }
  }
}
