package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.file.SpaceStat;
import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.journal.JournalWriter;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.pfs.volume.meta.BlockMap;
import io.polarj.pfs.volume.meta.Change;
import io.polarj.pfs.volume.meta.ExtentMap;
import io.polarj.pfs.volume.meta.InodeState;
import io.polarj.pfs.volume.meta.Namespace;
import io.polarj.platform.clock.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted volume. Metadata lives in memory under one lock that is never held over I/O; a change
 * is applied there and queued for the journal under the lock, and its caller waits outside of it
 * until it is durable. Data goes straight to the device.
 *
 * <p>INV-PFS-1: what an operation returned for is in the journal. INV-PFS-2: blocks are reused only
 * after the transaction that freed them is durable. INV-PFS-3: a block shows zeros or what was
 * written through this file, never an older file's data. A read-only mount shows a prefix of the
 * writer's history (F2).
 */
public final class PfsVolume implements FileSystem {
  private static final Logger LOG = LoggerFactory.getLogger(PfsVolume.class);
  private final DeviceIo io;
  private final VolumeLayout layout;
  private final Clock clock;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile Blocks blocks;
  private volatile JournalWriter journal;
  private volatile VolumeLock ownership;
  private volatile Follower follower;
  private volatile Namespace namespace;
  private volatile boolean closed;

  private PfsVolume(DeviceIo io, Clock clock, VolumeLoader.Loaded loaded) {
    this.io = io;
    this.clock = clock;
    this.layout = loaded.superBlock().layout();
    this.namespace = loaded.namespace();
  }

  /** Mounts a volume for reading alone; it follows the writer. */
  public static PfsVolume mountReadOnly(VolumeDevice device, Clock clock) throws IOException {
    DeviceIo io = new DeviceIo(device);
    VolumeLoader loader = new VolumeLoader(io);
    VolumeLoader.Loaded loaded = loader.load();
    PfsVolume volume = new PfsVolume(io, clock, loaded);
    volume.follower = new Follower(loader, loaded);
    return volume;
  }

  /**
   * Mounts a volume read-write: replays the journal, frees what a crash left without a name, and
   * makes all of it the new start of the journal. {@code lock}: from {@link VolumeLocks}; it is
   * given back at {@link #close}.
   */
  public static PfsVolume mountReadWrite(VolumeDevice device, VolumeLock lock, Clock clock)
      throws IOException {
    DeviceIo io = new DeviceIo(device);
    checkOwned(device, lock);
    VolumeLoader.Loaded loaded = new VolumeLoader(io).load();
    PfsVolume volume = new PfsVolume(io, clock, loaded);
    volume.own(loaded, lock);
    return volume;
  }

  private static void checkOwned(VolumeDevice device, VolumeLock lock) throws PfsException {
    if (device.readOnly()) {
      throw new PfsException(Errno.EROFS, "the device is read-only");
    }
    lock.check();
  }

  /**
   * Makes a read-only mount a read-write one in place: open files stay open. The device has become
   * writable, and the lock is this host's. A failure leaves the mount as it was.
   */
  public void promote(VolumeLock lock) throws IOException {
    checkOpen();
    Follower before = follower;
    if (before == null) {
      throw new PfsException(Errno.EINVAL, "the volume is mounted read-write already");
    }
    checkOwned(io.device(), lock);
    synchronized (before) {
      own(new VolumeLoader(io).load(), lock);
    }
  }

  /** Takes over as the writer, from the state that the loaded journal ends with. */
  private void own(VolumeLoader.Loaded loaded, VolumeLock lock) throws IOException {
    Mkfs.upgrade(io, loaded.superBlock());
    Blocks space = new Blocks(io, layout, blockMap(loaded));
    JournalWriter writer =
        new JournalWriter(
            io,
            loaded.superBlock(),
            loaded.homes(),
            loaded.anchor(),
            lock.epoch(),
            loaded.journal().nextBatch(),
            loaded.journal().nextSector(),
            space::virginLimit);
    space.journal(writer);
    loaded.namespace().generationBase((int) (loaded.anchor().version() & 0x3fffffff) + 1);
    writer.checkpoint();
    this.lock.writeLock().lock();
    try {
      if (loaded.namespace() != namespace) {
        loaded.namespace().adoptHandles(namespace);
      }
      namespace = loaded.namespace();
      blocks = space;
      journal = writer;
      ownership = lock;
      follower = null;
    } finally {
      this.lock.writeLock().unlock();
    }
    freeOrphans();
    io.device().whenGrown(this::growLater);
    grow();
  }

  private void growLater() {
    Thread.startVirtualThread(() -> {
      try {
        grow();
      } catch (IOException e) {
        LOG.warn("the volume has grown, but its file system has not: {}", e.getMessage());
      }
    });
  }

  /**
   * Takes in what the volume has grown by, in one transaction that read-only mounts follow; returns
   * its size. A volume that PolarCtrl has made larger tells so by itself.
   */
  public long grow() throws IOException {
    checkWritable("/");
    long bytes = VolumeLocks.await(io.device().refreshSize());
    JournalWriter.Ticket ticket = null;
    lock.writeLock().lock();
    try {
      if (layout.blocksOf(bytes) > layout.blocksOf(namespace.volumeBytes())) {
        Change change = new Change(namespace);
        change.resize(bytes);
        ticket = journal.enqueue(change.images(), () -> blocks.grow(layout.blocksOf(bytes)));
        namespace.apply(change.images());
      }
    } finally {
      lock.writeLock().unlock();
    }
    if (ticket != null) {
      journal.await(ticket);
    }
    return namespace.volumeBytes();
  }

  private static BlockMap blockMap(VolumeLoader.Loaded loaded) throws IOException {
    int count = loaded.superBlock().layout().blocksOf(loaded.namespace().volumeBytes());
    BlockMap map = new BlockMap(count, Math.min(count, loaded.anchor().virginBlock()));
    for (InodeState inode : loaded.namespace().inodes()) {
      for (Extent extent : inode.map().extents()) {
        if (!map.take(extent.volumeBlock(), extent.count())) {
          throw new PfsException(
              Errno.EIO,
              "inode "
                  + inode.id()
                  + " claims blocks "
                  + extent.volumeBlock()
                  + "+"
                  + extent.count()
                  + " that are another's or outside of the volume");
        }
      }
    }
    return map;
  }

  private void freeOrphans() throws IOException {
    JournalWriter.Ticket last = null;
    lock.writeLock().lock();
    try {
      for (InodeState orphan : List.copyOf(namespace.orphans())) {
        if (orphan.opens() == 0) {
          last = submitRemoval(orphan, new Change(namespace));
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
    if (last != null) {
      journal.await(last);
    }
  }

  // --- shared with VolumeFile
  // ---------------------------------------------------------------------

  DeviceIo io() {
    return io;
  }

  VolumeLayout layout() {
    return layout;
  }

  Blocks blocks() {
    return blocks;
  }

  void checkWritable(String path) throws PfsException {
    checkOpen();
    if (journal == null) {
      throw new PfsException(Errno.EROFS, path + ": the volume is mounted read-only");
    }
    ownership.check();
  }

  private void checkOpen() throws PfsException {
    if (closed) {
      throw new PfsException(Errno.ENODEV, "the volume is not mounted any more");
    }
  }

  /**
   * Gives a file a new map and size, and waits until that is durable. {@code freed} may be reused
   * after it.
   */
  void updateFile(InodeState inode, ExtentMap map, long size, List<Extent> freed)
      throws IOException {
    JournalWriter.Ticket ticket;
    lock.writeLock().lock();
    try {
      Change change = new Change(namespace);
      change.update(inode, map, size, clock.wallMillis(), inode.links());
      ticket = submit(change, freed);
    } catch (Namespace.OutOfObjectsException e) {
      throw new PfsException(
          Errno.ENOSPC, "the volume has no room for more extents of inode " + inode.id(), e);
    } finally {
      lock.writeLock().unlock();
    }
    journal.await(ticket);
  }

  /** Applies and queues a change; under the write lock. */
  private JournalWriter.Ticket submit(Change change, List<Extent> freed) throws PfsException {
    JournalWriter.Ticket ticket =
        journal.enqueue(change.images(), freed.isEmpty() ? () -> {} : () -> blocks.discard(freed));
    namespace.apply(change.images());
    return ticket;
  }

  private JournalWriter.Ticket submitRemoval(InodeState inode, Change change) throws PfsException {
    List<Extent> freed = inode.map().extents();
    change.removeInode(inode);
    return submit(change, freed);
  }

  /** Gives a file another map in place of some of its blocks, which are free afterwards. */
  void punch(InodeState inode, int fromBlock, int toBlock) throws IOException {
    List<Extent> freed = inode.map().between(fromBlock, toBlock);
    updateFile(inode, inode.map().without(fromBlock, toBlock), inode.size(), freed);
  }

  long nowMillis() {
    return clock.wallMillis();
  }

  /** The time of writes in place, when the journal does not have it yet. */
  private JournalWriter.Ticket submitTime(InodeState inode) throws PfsException {
    if (!inode.timeIsBehind()) {
      return null;
    }
    Change change = new Change(namespace);
    change.update(inode, inode.map(), inode.size(), inode.modifiedMillis(), inode.links());
    return submit(change, List.of());
  }

  void closed(InodeState handle) throws IOException {
    JournalWriter.Ticket ticket = null;
    lock.writeLock().lock();
    try {
      InodeState now = handle.at(namespace) ? handle : namespace.inode(handle.id());
      InodeState inode = now == null ? handle : now;
      inode.closed();
      if (journal != null && !closed && inode.opens() == 0) {
        ticket =
            inode.links() == 0 ? submitRemoval(inode, new Change(namespace)) : submitTime(inode);
      }
    } finally {
      lock.writeLock().unlock();
    }
    if (ticket != null) {
      try {
        journal.await(ticket);
      } catch (PfsException e) {
        if (e.errno() != Errno.ESTALE) {
          throw e;
        } // the next owner has removed it when it mounted
      }
    }
  }

  // --- lookups
  // ------------------------------------------------------------------------------------

  private InodeState find(PathName path) throws PfsException {
    InodeState at = namespace.inode(Namespace.ROOT);
    for (String name : path.names()) {
      if (!at.directory()) {
        throw new PfsException(Errno.ENOTDIR, path.text());
      }
      InodeState.Child child = at.children().get(name);
      at = child == null ? null : namespace.inode(child.inode());
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  private InodeState require(PathName path) throws PfsException {
    InodeState inode = find(path);
    if (inode == null) {
      throw new PfsException(Errno.ENOENT, path.text());
    }
    return inode;
  }

  private InodeState parentOf(PathName path) throws PfsException {
    if (path.isRoot()) {
      throw new PfsException(Errno.EBUSY, "/ is the root directory");
    }
    List<String> names = path.names().subList(0, path.names().size() - 1);
    InodeState parent = require(new PathName(path.text(), names));
    if (!parent.directory()) {
      throw new PfsException(Errno.ENOTDIR, path.text());
    }
    return parent;
  }

  /** Looks something up; a read-only mount that does not find it looks at the journal first. */
  private <T> T lookup(Lookup<T> body) throws IOException {
    checkOpen();
    for (int attempt = 0; ; attempt++) {
      lock.readLock().lock();
      try {
        return body.run();
      } catch (PfsException e) {
        if (journal != null || e.errno() != Errno.ENOENT || attempt > 0) {
          throw e;
        }
      } finally {
        lock.readLock().unlock();
      }
      refresh();
    }
  }

  @FunctionalInterface
  private interface Lookup<T> {
    T run() throws PfsException;
  }

  FileStat statOf(String name, InodeState inode) {
    return new FileStat(
        name,
        inode.id(),
        inode.directory(),
        inode.size(),
        inode.map().blocks() * layout.blockBytes(),
        inode.modifiedMillis());
  }

  // --- the file API
  // -------------------------------------------------------------------------------

  @Override
  public PolarFile open(String path, Set<OpenMode> modes) throws IOException {
    PathName name = PathName.parse(path);
    boolean writable = modes.contains(OpenMode.WRITE);
    if (writable || modes.contains(OpenMode.CREATE) || modes.contains(OpenMode.TRUNCATE)) {
      checkWritable(path);
    }
    VolumeFile file =
        modes.contains(OpenMode.CREATE) ? openOrCreate(name, modes) : openExisting(name, writable);
    if (modes.contains(OpenMode.TRUNCATE) && file.size() > 0) {
      file.truncate(0);
    }
    return file;
  }

  private VolumeFile openExisting(PathName name, boolean writable) throws IOException {
    lookup(() -> require(name)); // a read-only mount may have to follow the writer first
    lock.writeLock().lock();
    try {
      InodeState still = require(name);
      if (still.directory()) {
        throw new PfsException(Errno.EISDIR, name.text());
      }
      still.opened();
      return new VolumeFile(this, name.text(), still, writable);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private VolumeFile openOrCreate(PathName name, Set<OpenMode> modes) throws IOException {
    JournalWriter.Ticket ticket = null;
    VolumeFile file;
    lock.writeLock().lock();
    try {
      InodeState parent = parentOf(name);
      InodeState inode = find(name);
      if (inode != null && modes.contains(OpenMode.EXCLUSIVE)) {
        throw new PfsException(Errno.EEXIST, name.text());
      }
      if (inode == null) {
        Change change = new Change(namespace);
        long id = create(change, parent, name, false);
        ticket = submit(change, List.of());
        inode = namespace.inode(id);
      }
      if (inode.directory()) {
        throw new PfsException(Errno.EISDIR, name.text());
      }
      inode.opened();
      file = new VolumeFile(this, name.text(), inode, modes.contains(OpenMode.WRITE));
    } finally {
      lock.writeLock().unlock();
    }
    if (ticket != null) {
      journal.await(ticket);
    }
    return file;
  }

  private long create(Change change, InodeState parent, PathName name, boolean directory)
      throws PfsException {
    try {
      long id = change.createInode(directory, clock.wallMillis());
      change.addName(parent.id(), name.last(), id);
      return id;
    } catch (Namespace.OutOfObjectsException e) {
      throw new PfsException(
          Errno.ENOSPC, name.text() + ": the volume has no room for more files", e);
    }
  }

  @Override
  public void mkdir(String path) throws IOException {
    PathName name = PathName.parse(path);
    mutate(
        path,
        () -> {
          if (name.isRoot() || find(name) != null) {
            throw new PfsException(Errno.EEXIST, path);
          }
          Change change = new Change(namespace);
          create(change, parentOf(name), name, true);
          return submit(change, List.of());
        });
  }

  @Override
  public void rmdir(String path) throws IOException {
    PathName name = PathName.parse(path);
    mutate(
        path,
        () -> {
          InodeState parent = parentOf(name);
          InodeState directory = require(name);
          if (!directory.directory()) {
            throw new PfsException(Errno.ENOTDIR, path);
          }
          if (!directory.children().isEmpty()) {
            throw new PfsException(Errno.ENOTEMPTY, path);
          }
          Change change = new Change(namespace);
          change.removeName(parent.children().get(name.last()));
          change.removeInode(directory);
          return submit(change, List.of());
        });
  }

  @Override
  public void unlink(String path) throws IOException {
    PathName name = PathName.parse(path);
    mutate(
        path,
        () -> {
          InodeState parent = parentOf(name);
          InodeState inode = require(name);
          if (inode.directory()) {
            throw new PfsException(Errno.EISDIR, path);
          }
          Change change = new Change(namespace);
          change.removeName(parent.children().get(name.last()));
          return submit(change, dropLink(change, inode));
        });
  }

  /**
   * The last name is gone: the inode goes now, or when the last handle is closed. Returns the
   * blocks freed.
   */
  private List<Extent> dropLink(Change change, InodeState inode) {
    if (inode.opens() > 0) {
      change.update(inode, inode.map(), inode.size(), inode.modifiedMillis(), 0);
      return List.of();
    }
    List<Extent> freed = inode.map().extents();
    change.removeInode(inode);
    return freed;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    PathName source = PathName.parse(from);
    PathName target = PathName.parse(to);
    mutate(
        from,
        () -> {
          InodeState sourceParent = parentOf(source);
          InodeState moved = require(source);
          InodeState targetParent = parentOf(target);
          InodeState replaced = find(target);
          if (moved == replaced) {
            return null;
          }
          if (moved.directory() && source.contains(target)) {
            throw new PfsException(Errno.EINVAL, to + " lies inside " + from);
          }
          checkReplaceable(moved, replaced, to);
          Change change = new Change(namespace);
          List<Extent> freed = List.of();
          if (replaced != null) {
            change.removeName(targetParent.children().get(target.last()));
            if (replaced.directory()) {
              change.removeInode(replaced);
            } else {
              freed = dropLink(change, replaced);
            }
          }
          change.removeName(sourceParent.children().get(source.last()));
          change.addName(targetParent.id(), target.last(), moved.id());
          return submit(change, freed);
        });
  }

  private static void checkReplaceable(InodeState moved, InodeState replaced, String to)
      throws PfsException {
    if (replaced == null) {
      return;
    }
    if (replaced.directory() && !moved.directory()) {
      throw new PfsException(Errno.EISDIR, to);
    }
    if (!replaced.directory() && moved.directory()) {
      throw new PfsException(Errno.ENOTDIR, to);
    }
    if (replaced.directory() && !replaced.children().isEmpty()) {
      throw new PfsException(Errno.ENOTEMPTY, to);
    }
  }

  @FunctionalInterface
  private interface Mutation {
    /** The ticket to wait for, or null when there is nothing to do. */
    JournalWriter.Ticket run() throws PfsException;
  }

  private void mutate(String path, Mutation mutation) throws IOException {
    checkWritable(path);
    JournalWriter.Ticket ticket;
    lock.writeLock().lock();
    try {
      ticket = mutation.run();
    } catch (Namespace.OutOfObjectsException e) {
      throw new PfsException(Errno.ENOSPC, path + ": the volume has no room for more names", e);
    } finally {
      lock.writeLock().unlock();
    }
    if (ticket != null) {
      journal.await(ticket);
    }
  }

  @Override
  public List<FileStat> readdir(String path) throws IOException {
    PathName name = PathName.parse(path);
    return lookup(() -> {
      InodeState directory = require(name);
      if (!directory.directory()) {
        throw new PfsException(Errno.ENOTDIR, path);
      }
      List<FileStat> entries = new ArrayList<>();
      for (Map.Entry<String, InodeState.Child> child : directory.children().entrySet()) {
        InodeState inode = namespace.inode(child.getValue().inode());
        if (inode != null) {
          entries.add(statOf(child.getKey(), inode));
        }
      }
      return entries;
    });
  }

  @Override
  public FileStat stat(String path) throws IOException {
    PathName name = PathName.parse(path);
    return lookup(() -> statOf(name.isRoot() ? "/" : name.last(), require(name)));
  }

  @Override
  public boolean exists(String path) throws IOException {
    try {
      stat(path);
      return true;
    } catch (PfsException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void setModified(String path, long modifiedMillis) throws IOException {
    PathName name = PathName.parse(path);
    mutate(
        path,
        () -> {
          InodeState inode = require(name);
          Change change = new Change(namespace);
          change.update(inode, inode.map(), inode.size(), modifiedMillis, inode.links());
          return submit(change, List.of());
        });
  }

  /** Where a file's bytes lie on the volume, in the file's order; holes are left out. */
  public List<FileExtent> extents(String path) throws IOException {
    PathName name = PathName.parse(path);
    return lookup(() -> {
      InodeState inode = require(name);
      if (inode.directory()) {
        throw new PfsException(Errno.EISDIR, path);
      }
      long block = layout.blockBytes();
      return inode.map().extents().stream()
          .map(extent ->
              new FileExtent(
                  extent.fileBlock() * block,
                  layout.offsetOfBlock(extent.volumeBlock()),
                  extent.count() * block))
          .toList();
    });
  }

  @Override
  public SpaceStat space() throws IOException {
    checkOpen();
    lock.readLock().lock();
    try {
      long total = layout.blocksOf(namespace.volumeBytes());
      long used = 0;
      for (InodeState inode : namespace.inodes()) {
        used += inode.map().blocks();
      }
      return new SpaceStat(
          total * layout.blockBytes(), (total - used) * layout.blockBytes(), namespace.files());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The volume's size, as far as the file system has taken it in. */
  public long volumeBytes() {
    return namespace.volumeBytes();
  }

  @Override
  public boolean readOnly() {
    return journal == null;
  }

  @Override
  public void refresh() throws IOException {
    checkOpen();
    Follower following = follower;
    if (following == null) {
      return;
    }
    synchronized (following) {
      if (follower == null) {
        return; // promoted meanwhile
      }
      Follower.Update update = following.poll();
      lock.writeLock().lock();
      try {
        if (update.reloaded() != null) {
          update.reloaded().adoptHandles(namespace);
          namespace = update.reloaded();
        } else {
          update.changes().forEach(namespace::apply);
        }
      } finally {
        lock.writeLock().unlock();
      }
      if (namespace.volumeBytes() > io.device().size()) {
        VolumeLocks.await(io.device().refreshSize());
      }
    }
  }

  /** The inode that a handle means now: a reload made new objects. Null when the file is gone. */
  InodeState current(InodeState inode) {
    if (inode.at(namespace)) {
      return inode;
    }
    lock.readLock().lock();
    try {
      return namespace.inode(inode.id());
    } finally {
      lock.readLock().unlock();
    }
  }

  private void submitTimes() throws IOException {
    JournalWriter.Ticket last = null;
    lock.writeLock().lock();
    try {
      for (InodeState inode : List.copyOf(namespace.inodes())) {
        JournalWriter.Ticket ticket = submitTime(inode);
        last = ticket == null ? last : ticket;
      }
    } finally {
      lock.writeLock().unlock();
    }
    if (last != null) {
      journal.await(last);
    }
  }

  /**
   * Unmounts. Files that are still open fail from now on. A read-write mount leaves an empty
   * journal.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      if (journal != null) {
        submitTimes();
        journal.checkpoint();
      }
    } catch (PfsException e) {
      if (e.errno() != Errno.ESTALE) {
        throw e;
      } // the next owner has, and will replay, all that was promised
    } finally {
      closed = true;
      if (ownership != null) {
        VolumeLocks.await(ownership.release());
      }
      io.device().close();
    }
  }
}
