package io.polarj.pfs.volume.fsck;

import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.MetadataObject.Entry;
import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.pfs.volume.format.MetadataObject.Extents;
import io.polarj.pfs.volume.format.MetadataObject.Inode;
import io.polarj.pfs.volume.format.MetadataObject.NamePart;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.meta.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the objects of a volume agree with each other, and notes every place where they did not.
 * Works on the objects in memory alone.
 */
final class TreeCheck {
  private static final String LOST_AND_FOUND = "lost+found";

  private final MetadataObject[] objects;
  private final long blocks;
  private final Findings findings;
  private final TreeMap<Long, Inode> inodes = new TreeMap<>();
  private final Set<Long> removed = new HashSet<>();
  private final BitSet usedParts = new BitSet();
  private long files;
  private long directories;
  private long usedBlocks;
  private int blocksEnd;

  TreeCheck(MetadataObject[] objects, VolumeLayout layout, long volumeBytes, Findings findings) {
    this.objects = objects;
    this.blocks = layout.blocksOf(volumeBytes);
    this.findings = findings;
  }

  long files() {
    return files;
  }

  long directories() {
    return directories;
  }

  long usedBlocks() {
    return usedBlocks;
  }

  /** No file has a block from there on. */
  int blocksEnd() {
    return blocksEnd;
  }

  void run() {
    collectInodes();
    checkExtents();
    checkSharedBlocks();
    checkEntries();
    checkUnreferencedParts();
    count();
  }

  // ---- inodes

  private void collectInodes() {
    for (int at = 0; at < objects.length; at++) {
      if (objects[at] instanceof Inode inode) {
        if (MetadataObject.objectOf(inode.id()) != at) {
          findings.loss("inode " + inode.id() + " stands in object " + at + ": it is freed");
          objects[at] = null;
        } else if (inode.links() == 0) {
          objects[at] = null; // removed while open, and the owner died: the next mount frees it
          removed.add(inode.id());
        } else {
          inodes.put(inode.id(), inode);
        }
      }
    }
    Inode root = inodes.get(Namespace.ROOT);
    if (root == null || !root.directory()) {
      findings.whole("the root directory is missing: it is made anew, names find back to it");
      replace(new Inode(Namespace.ROOT, true, 1, 0, 0, 0, List.of()));
    }
    for (Inode inode : List.copyOf(inodes.values())) {
      if (inode.links() != 1) {
        findings.whole(
            "inode " + inode.id() + " has link count " + inode.links() + ": it becomes 1");
        replace(linked(inode, inode.size(), inode.extentCount(), inode.extents()));
      }
    }
  }

  private static Inode linked(Inode inode, long size, int extentCount, List<Extent> own) {
    return new Inode(
        inode.id(), inode.directory(), 1, size, inode.modifiedMillis(), extentCount, own);
  }

  private void replace(Inode inode) {
    inodes.put(inode.id(), inode);
    objects[MetadataObject.objectOf(inode.id())] = inode;
  }

  // ---- extents

  private void checkExtents() {
    Map<Long, TreeMap<Integer, Integer>> parts = new HashMap<>();
    for (int at = 0; at < objects.length; at++) {
      if (objects[at] instanceof Extents more) {
        Inode inode = inodes.get(more.inode());
        int wanted = inode == null ? 0 : partsFor(inode.extentCount());
        Integer twice =
            more.part() < wanted && more.part() >= 0
                ? parts.computeIfAbsent(more.inode(), id -> new TreeMap<>()).put(more.part(), at)
                : Integer.valueOf(at);
        if (twice != null) {
          int freed = twice;
          if (!removed.contains(more.inode())) {
            findings.whole("object " + freed + " holds extents that no inode needs: it is freed");
          }
          objects[freed] = null;
        }
      }
    }
    for (Inode inode : List.copyOf(inodes.values())) {
      checkExtents(inode, parts.getOrDefault(inode.id(), new TreeMap<>()));
    }
  }

  private static int partsFor(int extentCount) {
    return Math.ceilDiv(
        Math.max(0, extentCount - MetadataObject.INODE_EXTENTS), MetadataObject.MORE_EXTENTS);
  }

  private void checkExtents(Inode inode, TreeMap<Integer, Integer> parts) {
    List<Extent> found = new ArrayList<>(inode.extents());
    for (int part = 0; part < partsFor(inode.extentCount()); part++) {
      if (!parts.containsKey(part)) {
        findings.loss("inode " + inode.id() + " lacks part " + part + " of its extents");
        continue;
      }
      found.addAll(((Extents) objects[parts.get(part)]).extents());
    }
    List<Extent> sound = new ArrayList<>();
    int end = 0;
    for (Extent extent : found) {
      boolean inside = (long) extent.volumeBlock() + extent.count() <= blocks;
      if (!inside || extent.fileBlock() < end) {
        findings.loss(
            "inode " + inode.id() + " has a wrong extent, " + extent + ": it becomes a hole");
      } else {
        sound.add(extent);
        end = extent.fileEnd();
      }
    }
    boolean whole = sound.size() == inode.extentCount() && found.size() == sound.size();
    if (!whole) {
      store(inode, sound, parts);
    }
  }

  /** Writes an inode's extents anew, into the objects that it had for them. */
  private void store(Inode inode, List<Extent> extents, TreeMap<Integer, Integer> parts) {
    int own = Math.min(extents.size(), MetadataObject.INODE_EXTENTS);
    List<Integer> places = new ArrayList<>(parts.values());
    int count = Math.min(extents.size(), own + places.size() * MetadataObject.MORE_EXTENTS);
    replace(linked(inode, inode.size(), count, extents.subList(0, own)));
    for (int part = 0; part < places.size(); part++) {
      int from = own + part * MetadataObject.MORE_EXTENTS;
      int to = Math.min(count, from + MetadataObject.MORE_EXTENTS);
      objects[places.get(part)] =
          from < to ? new Extents(inode.id(), part, extents.subList(from, to)) : null;
    }
  }

  /** A block of two files stays with the one that was changed last. */
  private void checkSharedBlocks() {
    BitSet taken = new BitSet();
    List<Inode> newestFirst = new ArrayList<>(inodes.values());
    newestFirst.sort(
        Comparator.comparingLong(Inode::modifiedMillis).reversed().thenComparing(Inode::id));
    for (Inode inode : newestFirst) {
      TreeMap<Integer, Integer> parts = partsOf(inode);
      List<Extent> kept = new ArrayList<>();
      boolean whole = true;
      for (Extent extent : extentsOf(inode, parts)) {
        int shared = taken.nextSetBit(extent.volumeBlock());
        if (shared >= 0 && shared < extent.volumeBlock() + extent.count()) {
          findings.loss(
              "inode "
                  + inode.id()
                  + " shares volume block "
                  + shared
                  + " with a file that was changed later: "
                  + extent
                  + " becomes a hole");
          whole = false;
        } else {
          kept.add(extent);
          taken.set(extent.volumeBlock(), extent.volumeBlock() + extent.count());
        }
      }
      if (!whole) {
        store(inode, kept, parts);
      }
    }
    usedBlocks = taken.cardinality();
    blocksEnd = taken.length();
  }

  private TreeMap<Integer, Integer> partsOf(Inode inode) {
    TreeMap<Integer, Integer> parts = new TreeMap<>();
    if (inode.extentCount() > MetadataObject.INODE_EXTENTS) {
      for (int at = 0; at < objects.length; at++) {
        if (objects[at] instanceof Extents more && more.inode() == inode.id()) {
          parts.put(more.part(), at);
        }
      }
    }
    return parts;
  }

  private List<Extent> extentsOf(Inode inode, TreeMap<Integer, Integer> parts) {
    List<Extent> all = new ArrayList<>(inode.extents());
    parts.values().forEach(at -> all.addAll(((Extents) objects[at]).extents()));
    return all;
  }

  // ---- names

  private void checkEntries() {
    Map<Long, Long> parents = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (int at = 0; at < objects.length; at++) {
      if (!(objects[at] instanceof Entry entry)) {
        continue;
      }
      String wrong = wrongWith(entry, parents, names);
      if (wrong == null) {
        parents.put(entry.inode(), entry.directory());
        if (entry.nextPart() != 0) {
          usedParts.set(entry.nextPart());
        }
      } else {
        findings.whole("the name '" + nameOf(entry) + "' in object " + at + " " + wrong);
        objects[at] = null;
      }
    }
    for (Inode inode : List.copyOf(inodes.values())) {
      boolean lost = inode.id() != Namespace.ROOT && !reachesRoot(inode.id(), parents);
      if (lost) {
        rescue(inode, parents);
      }
    }
  }

  private String wrongWith(Entry entry, Map<Long, Long> parents, Set<String> names) {
    Inode directory = inodes.get(entry.directory());
    if (entry.nextPart() != 0
        && (entry.nextPart() < 0
            || entry.nextPart() >= objects.length
            || !(objects[entry.nextPart()] instanceof NamePart))) {
      return "lacks its end: it is removed";
    }
    if (!inodes.containsKey(entry.inode())) {
      return "leads to nothing: it is removed";
    }
    if (directory == null || !directory.directory()) {
      return "is in no directory: it is removed";
    }
    if (entry.inode() == Namespace.ROOT) {
      return "leads to the root: it is removed";
    }
    if (parents.containsKey(entry.inode())) {
      return "is a second one of inode " + entry.inode() + ": it is removed";
    }
    return names.add(entry.directory() + "/" + nameOf(entry)) ? null : "is there twice: one goes";
  }

  private String nameOf(Entry entry) {
    byte[] bytes = entry.name();
    boolean longer = entry.nextPart() > 0 && entry.nextPart() < objects.length;
    if (longer && objects[entry.nextPart()] instanceof NamePart part) {
      bytes = Arrays.copyOf(bytes, bytes.length + part.name().length);
      System.arraycopy(part.name(), 0, bytes, entry.name().length, part.name().length);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean reachesRoot(long inode, Map<Long, Long> parents) {
    Set<Long> seen = new HashSet<>();
    Long at = inode;
    while (at != null && at != Namespace.ROOT && seen.add(at)) {
      at = parents.get(at);
    }
    return at != null && at == Namespace.ROOT;
  }

  /** Gives an inode without a way from the root a name in lost+found. */
  private void rescue(Inode inode, Map<Long, Long> parents) {
    ArrayDeque<Long> above = new ArrayDeque<>();
    Long top = inode.id();
    while (parents.get(top) != null && !above.contains(parents.get(top))) {
      above.add(top);
      top = parents.get(top);
    }
    if (reachesRoot(inode.id(), parents)) {
      return; // a directory above it was rescued meanwhile
    }
    if (parents.get(top) != null) {
      removeEntryOf(top); // a ring of directories: opened here
    }
    long home = lostAndFound(parents);
    int place = home == 0 ? -1 : free();
    if (place < 0) {
      findings.hopeless(
          "inode " + top + " has no name, and there is no object free to give it one");
      return;
    }
    String name = "#" + MetadataObject.objectOf(top);
    objects[place] = new Entry(home, top, name.getBytes(StandardCharsets.UTF_8), 0);
    parents.put(top, home);
    findings.whole("inode " + top + " has no name: it becomes /" + LOST_AND_FOUND + "/" + name);
  }

  private void removeEntryOf(long inode) {
    for (int at = 0; at < objects.length; at++) {
      if (objects[at] instanceof Entry entry && entry.inode() == inode) {
        objects[at] = null;
      }
    }
  }

  private long lostAndFound(Map<Long, Long> parents) {
    for (MetadataObject object : objects) {
      if (object instanceof Entry entry
          && entry.directory() == Namespace.ROOT
          && nameOf(entry).equals(LOST_AND_FOUND)
          && inodes.get(entry.inode()).directory()) {
        return entry.inode();
      }
    }
    int inodeAt = free();
    if (inodeAt < 0) {
      return 0;
    }
    long id = 1L << 62 | inodeAt;
    replace(new Inode(id, true, 1, 0, 0, 0, List.of()));
    int entryAt = free();
    if (entryAt < 0) {
      return 0;
    }
    byte[] name = LOST_AND_FOUND.getBytes(StandardCharsets.UTF_8);
    objects[entryAt] = new Entry(Namespace.ROOT, id, name, 0);
    parents.put(id, Namespace.ROOT);
    return id;
  }

  private int free() {
    for (int at = 2; at < objects.length; at++) {
      if (objects[at] == null) {
        return at;
      }
    }
    return -1;
  }

  private void checkUnreferencedParts() {
    for (int at = 0; at < objects.length; at++) {
      if (objects[at] instanceof NamePart && !usedParts.get(at)) {
        findings.whole("object " + at + " holds the end of no name: it is freed");
        objects[at] = null;
      }
    }
  }

  private void count() {
    for (Inode inode : inodes.values()) {
      directories += inode.directory() ? 1 : 0;
      files += inode.directory() ? 0 : 1;
    }
  }
}
