package io.polarj.pfs.volume.fsck;

import java.util.List;

/**
 * What fsck found.
 *
 * @param usedBlocks blocks that files have, of {@code blocks}; the others are free, for there is no
 *     bitmap on a volume that could disagree
 */
public record FsckReport(
    List<Finding> findings, long files, long directories, long usedBlocks, long blocks) {
  public FsckReport {
    findings = List.copyOf(findings);
  }

  /** What becomes of a finding. */
  public enum Cure {
    /** Repaired without a loss, or would be with {@code --repair}. */
    WHOLE,
    /** Repaired to something consistent, but what is named is lost. */
    LOSS,
    /** Not repaired: see the text for the way out. */
    NONE
  }

  /** One thing that is not as it should be. */
  public record Finding(String what, Cure cure) {
    @Override
    public String toString() {
      return switch (cure) {
        case WHOLE -> what;
        case LOSS -> what + " [loss]";
        case NONE -> what + " [not repairable]";
      };
    }
  }

  public boolean clean() {
    return findings.isEmpty();
  }

  /** Whether something is left that fsck can't cure. */
  public boolean hopeless() {
    return findings.stream().anyMatch(finding -> finding.cure() == Cure.NONE);
  }
}
