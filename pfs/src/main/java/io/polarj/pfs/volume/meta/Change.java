package io.polarj.pfs.volume.meta;

import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.MetadataObject.Entry;
import io.polarj.pfs.volume.format.MetadataObject.Inode;
import io.polarj.pfs.volume.format.MetadataObject.NamePart;
import java.util.List;
import java.util.TreeMap;

/**
 * A metadata transaction in the making: the after-images of the objects it changes. Built and
 * applied under the namespace's write lock, then journalled as one unit (F1).
 */
public final class Change {
  private final Namespace namespace;
  private final TreeMap<Integer, MetadataObject> images = new TreeMap<>();

  public Change(Namespace namespace) {
    this.namespace = namespace;
  }

  public TreeMap<Integer, MetadataObject> images() {
    return images;
  }

  public boolean isEmpty() {
    return images.isEmpty();
  }

  private int reserveObject() {
    int objectNo = namespace.freeObject(images);
    if (objectNo < 0) {
      throw new Namespace.OutOfObjectsException();
    }
    return objectNo;
  }

  /** A new inode; returns its id. */
  public long createInode(boolean directory, long nowMillis) {
    int objectNo = reserveObject();
    long id = ((long) namespace.nextGeneration(objectNo) << 32) | objectNo;
    images.put(objectNo, new Inode(id, directory, 1, 0, nowMillis, 0, List.of()));
    return id;
  }

  public void addName(long directory, String name, long inode) {
    int objectNo = reserveObject();
    images.put(objectNo, MetadataObject.FREE); // holds the number while the part takes another
    byte[][] pieces = MetadataObject.pieces(name);
    int part = 0;
    if (pieces.length > 1) {
      part = reserveObject();
      images.put(part, new NamePart(pieces[1]));
    }
    images.put(objectNo, new Entry(directory, inode, pieces[0], part));
  }

  /** The volume has grown. */
  public void resize(long volumeBytes) {
    images.put(Namespace.SIZE_OBJECT, new MetadataObject.VolumeSize(volumeBytes));
  }

  public void removeName(InodeState.Child child) {
    images.put(child.entryObject(), MetadataObject.FREE);
    if (child.partObject() != 0) {
      images.put(child.partObject(), MetadataObject.FREE);
    }
  }

  /** Gives an inode a new map, size, time and link count. */
  public void update(InodeState inode, ExtentMap map, long size, long modifiedMillis, int links) {
    images.putAll(namespace.imagesOf(inode, map, size, modifiedMillis, links, images));
  }

  /**
   * Frees an inode and its extents' objects; its blocks are the caller's to release once this is
   * durable.
   */
  public void removeInode(InodeState inode) {
    update(inode, ExtentMap.EMPTY, 0, 0, 0);
    images.put(MetadataObject.objectOf(inode.id()), MetadataObject.FREE);
  }
}
