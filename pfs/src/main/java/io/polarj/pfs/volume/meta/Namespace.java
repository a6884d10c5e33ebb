package io.polarj.pfs.volume.meta;

import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.MetadataObject.Entry;
import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.pfs.volume.format.MetadataObject.Extents;
import io.polarj.pfs.volume.format.MetadataObject.Free;
import io.polarj.pfs.volume.format.MetadataObject.Inode;
import io.polarj.pfs.volume.format.MetadataObject.NamePart;
import io.polarj.pfs.volume.format.MetadataObject.VolumeSize;
import io.polarj.platform.net.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All metadata objects of a mounted volume and what follows from them: inodes by id, names by
 * directory. It changes only by {@link #apply}, with after-images, on a read-write mount exactly as
 * on a read-only one that follows the journal. The owner's lock guards it.
 */
public final class Namespace {
  /**
   * The root directory: object 1, generation 1. Object 0 is the volume's size, so that 0 can mean
   * none.
   */
  public static final long ROOT = (1L << 32) | 1;

  /** The object that tells the volume's size. */
  public static final int SIZE_OBJECT = 0;

  private final MetadataObject[] objects;
  private final BitSet used = new BitSet();
  private final Map<Long, InodeState> inodes = new HashMap<>();
  private final int[] generations;
  private int generationBase = 1;
  private volatile long volumeBytes;
  private int lowestFree = 1;

  /** {@code volumeBytes}: at mkfs. */
  public Namespace(int objectCount, long volumeBytes) {
    this.volumeBytes = volumeBytes;
    objects = new MetadataObject[objectCount];
    generations = new int[objectCount];
    used.set(0);
  }

  public MetadataObject object(int objectNo) {
    MetadataObject object = objects[objectNo];
    return object == null ? MetadataObject.FREE : object;
  }

  public int objectCount() {
    return objects.length;
  }

  /** Takes in the after-images of one transaction, or of a whole volume at mount. */
  public void apply(Map<Integer, MetadataObject> images) {
    for (Map.Entry<Integer, MetadataObject> image : images.entrySet()) {
      int objectNo = image.getKey();
      boolean placed =
          image.getValue() instanceof VolumeSize ? objectNo == SIZE_OBJECT : objectNo > 0;
      if (!placed || objectNo >= objects.length) {
        throw new MalformedMessageException("metadata object number " + objectNo);
      }
      forget(objectNo, object(objectNo));
    }
    images.forEach(this::put);
    // names and extents refer to other objects of the same transaction: they come last
    images.forEach(this::connect);
  }

  private void forget(int objectNo, MetadataObject old) {
    if (old instanceof Entry entry) {
      InodeState directory = inodes.get(entry.directory());
      if (directory != null) {
        String name = nameOf(entry);
        InodeState.Child child = directory.children().get(name);
        if (child != null && child.entryObject() == objectNo) {
          directory.children().remove(name);
        }
      }
    }
  }

  private void put(int objectNo, MetadataObject image) {
    MetadataObject old = object(objectNo);
    if (old instanceof Inode was && !(image instanceof Inode is && is.id() == was.id())) {
      InodeState gone = inodes.remove(was.id());
      if (gone != null) {
        gone.remove();
      }
    }
    objects[objectNo] = image instanceof Free ? null : image;
    used.set(objectNo, !(image instanceof Free));
    if (image instanceof Free) {
      lowestFree = Math.min(lowestFree, objectNo);
    }
    if (image instanceof Inode inode) {
      if (MetadataObject.objectOf(inode.id()) != objectNo) {
        throw new MalformedMessageException("inode " + inode.id() + " in object " + objectNo);
      }
      generations[objectNo] = (int) (inode.id() >>> 32);
      inodes.computeIfAbsent(inode.id(), id -> new InodeState(this, id, inode.directory()));
    }
  }

  private void connect(int objectNo, MetadataObject image) {
    switch (image) {
      case Inode inode -> rebuild(inodes.get(inode.id()), inode);
      case Extents more -> {
        InodeState state = inodes.get(more.inode());
        if (state != null) {
          noteExtents(state, more.part(), objectNo);
          rebuild(state, (Inode) object(MetadataObject.objectOf(more.inode())));
        }
      }
      case Entry entry -> {
        InodeState directory = inodes.get(entry.directory());
        if (directory == null || !directory.directory()) {
          throw new MalformedMessageException(
              "entry " + objectNo + " of missing directory " + entry.directory());
        }
        directory
            .children()
            .put(nameOf(entry), new InodeState.Child(objectNo, entry.nextPart(), entry.inode()));
      }
      case VolumeSize size -> volumeBytes = Math.max(volumeBytes, size.bytes());
      case NamePart part -> {}
      case Free free -> {}
    }
  }

  private static void noteExtents(InodeState state, int part, int objectNo) {
    int[] known = state.extentObjects();
    if (part < 0 || part > 1 << 20) {
      throw new MalformedMessageException("extents part " + part);
    }
    if (part >= known.length) {
      known = Arrays.copyOf(known, part + 1);
    }
    known[part] = objectNo;
    state.extentObjects(known);
  }

  /**
   * Puts the inode's extents together again from its objects; incomplete while a volume is being
   * loaded.
   */
  private void rebuild(InodeState state, Inode inode) {
    List<Extent> extents = new ArrayList<>(inode.extents());
    int parts = partsFor(inode.extentCount());
    int[] known = state.extentObjects();
    for (int part = 0; part < parts; part++) {
      boolean there =
          part < known.length
              && object(known[part]) instanceof Extents more
              && more.inode() == inode.id()
              && more.part() == part;
      if (!there) {
        state.set(ExtentMap.EMPTY, inode.size(), inode.modifiedMillis(), inode.links());
        return; // the part comes later in the same load or transaction
      }
      extents.addAll(((Extents) object(known[part])).extents());
    }
    if (extents.size() < inode.extentCount()) {
      throw new MalformedMessageException("inode " + inode.id() + " lacks extents");
    }
    state.extentObjects(Arrays.copyOf(known, parts));
    state.set(
        ExtentMap.of(extents.subList(0, inode.extentCount())),
        inode.size(),
        inode.modifiedMillis(),
        inode.links());
  }

  private static int partsFor(int extentCount) {
    return Math.ceilDiv(
        Math.max(0, extentCount - MetadataObject.INODE_EXTENTS), MetadataObject.MORE_EXTENTS);
  }

  private String nameOf(Entry entry) {
    if (entry.nextPart() == 0) {
      return new String(entry.name(), StandardCharsets.UTF_8);
    }
    if (!(object(entry.nextPart()) instanceof NamePart part)) {
      throw new MalformedMessageException("a long name lacks its second part");
    }
    byte[] whole = Arrays.copyOf(entry.name(), entry.name().length + part.name().length);
    System.arraycopy(part.name(), 0, whole, entry.name().length, part.name().length);
    return new String(whole, StandardCharsets.UTF_8);
  }

  /** The size of the volume as the file system uses it. */
  public long volumeBytes() {
    return volumeBytes;
  }

  public InodeState inode(long id) {
    return inodes.get(id);
  }

  public Collection<InodeState> inodes() {
    return inodes.values();
  }

  /** Handles that were opened before everything was loaded anew. */
  public void adoptHandles(Namespace before) {
    for (InodeState old : before.inodes()) {
      InodeState now = old.opens() > 0 ? inodes.get(old.id()) : null;
      if (now != null) {
        now.adoptHandles(old);
      }
    }
  }

  public long files() {
    return inodes.size();
  }

  /** Inodes without a name: removed while open, left by a crash. */
  public List<InodeState> orphans() {
    return inodes.values().stream().filter(inode -> inode.links() == 0).toList();
  }

  /** A free object number that {@code reserved} does not hold either, or -1. */
  int freeObject(Map<Integer, MetadataObject> reserved) {
    int at = used.nextClearBit(lowestFree);
    lowestFree = at;
    while (at < objects.length && reserved.containsKey(at)) {
      at = used.nextClearBit(at + 1);
    }
    return at < objects.length ? at : -1;
  }

  int nextGeneration(int objectNo) {
    return Math.max(generations[objectNo] + 1, generationBase);
  }

  /**
   * Generations given from now on are at least this: a freed number forgets its own at a new mount.
   */
  public void generationBase(int base) {
    generationBase = base;
  }

  /**
   * The images that describe an inode with these properties: its own and those of its further
   * extents.
   */
  TreeMap<Integer, MetadataObject> imagesOf(
      InodeState inode,
      ExtentMap map,
      long size,
      long modifiedMillis,
      int links,
      Map<Integer, MetadataObject> reserved) {
    TreeMap<Integer, MetadataObject> images = new TreeMap<>();
    List<Extent> extents = map.extents();
    int own = Math.min(extents.size(), MetadataObject.INODE_EXTENTS);
    images.put(
        MetadataObject.objectOf(inode.id()),
        new Inode(
            inode.id(),
            inode.directory(),
            links,
            size,
            modifiedMillis,
            extents.size(),
            extents.subList(0, own)));
    int parts = partsFor(extents.size());
    int[] known = inode.extentObjects();
    for (int part = 0; part < Math.max(parts, known.length); part++) {
      if (part >= parts) {
        images.put(known[part], MetadataObject.FREE);
        continue;
      }
      int from = own + part * MetadataObject.MORE_EXTENTS;
      int to = Math.min(extents.size(), from + MetadataObject.MORE_EXTENTS);
      Extents image = new Extents(inode.id(), part, extents.subList(from, to));
      int objectNo = part < known.length ? known[part] : reserve(reserved, images);
      if (part >= known.length || !object(objectNo).equals(image)) {
        images.put(objectNo, image);
      }
    }
    return images;
  }

  private int reserve(
      Map<Integer, MetadataObject> reserved, TreeMap<Integer, MetadataObject> images) {
    Map<Integer, MetadataObject> all = new HashMap<>(reserved);
    all.putAll(images);
    int objectNo = freeObject(all);
    if (objectNo < 0) {
      throw new OutOfObjectsException();
    }
    return objectNo;
  }

  /** The volume has no room for more metadata. */
  public static final class OutOfObjectsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfObjectsException() {
      super("no metadata object is free", null, false, false);
    }
  }
}
