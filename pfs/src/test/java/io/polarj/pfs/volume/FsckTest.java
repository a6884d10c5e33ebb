package io.polarj.pfs.volume;

import static io.polarj.pfs.volume.TestMounts.formatted;
import static io.polarj.pfs.volume.TestMounts.lock;
import static io.polarj.pfs.volume.TestMounts.read;
import static io.polarj.pfs.volume.TestMounts.write;
import static io.polarj.pfs.volume.TestMounts.writer;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.MetadataObject.Entry;
import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.pfs.volume.format.MetadataObject.Extents;
import io.polarj.pfs.volume.format.MetadataObject.Inode;
import io.polarj.pfs.volume.format.MetadataObject.NamePart;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.fsck.Fsck;
import io.polarj.pfs.volume.fsck.FsckReport;
import io.polarj.pfs.volume.fsck.FsckReport.Cure;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every structure of a volume is damaged, one by one: fsck names it, and repairs what it can. */
final class FsckTest {
  private static final MkfsOptions OPTIONS = new MkfsOptions(16384, 128 << 10, 1024, false);
  private static final VolumeLayout LAYOUT = VolumeLayout.of(16384, 128 << 10, 1024);

  private MemoryVolumeDevice device;

  /** A way to damage a volume, what is said of it, and what becomes of it. */
  private record Damage(String name, Action action, String said, Cure cure) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface Action {
    void on(FsckTest test) throws IOException;
  }

  @BeforeEach
  void format() throws IOException {
    device = formatted(24 << 20, OPTIONS);
    PfsVolume fs = writer(device);
    fs.mkdir("/d");
    fs.mkdir("/d/e");
    write(fs, "/kept", 0, 1, 50_000);
    write(fs, "/d/file", 0, 2, 50_000);
    write(fs, "/d/e/" + "n".repeat(240), 0, 3, 10);
    try (PolarFile sparse = fs.open("/d/sparse", TestMounts.NEW)) {
      for (int i = 0; i < 30; i++) {
        sparse.write(i * 32768L, MemorySegment.ofArray(new byte[] {4}));
      }
    }
    fs.close();
  }

  private void flip(long at) {
    MemorySegment memory = device.memory();
    byte old = memory.get(ValueLayout.JAVA_BYTE, at);
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ 0x40));
  }

  private long home(int objectNo) {
    return LAYOUT.objectsOffset() + (long) objectNo * MetadataObject.BYTES;
  }

  private MetadataObject object(int objectNo) {
    byte[] bytes =
        device
            .memory()
            .asSlice(home(objectNo), MetadataObject.BYTES)
            .toArray(ValueLayout.JAVA_BYTE);
    return MetadataObject.decode(bytes, 0);
  }

  private void put(int objectNo, MetadataObject object) {
    device
        .memory()
        .asSlice(home(objectNo), MetadataObject.BYTES)
        .copyFrom(MemorySegment.ofArray(object.encode()));
  }

  private int find(Predicate<MetadataObject> wanted) {
    for (int at = 0; at < OPTIONS.objects(); at++) {
      if (wanted.test(object(at))) {
        return at;
      }
    }
    throw new AssertionError("no such object");
  }

  private int entry(String name) {
    return find(object ->
        object instanceof Entry entry
            && new String(entry.name(), StandardCharsets.UTF_8).startsWith(name));
  }

  private int inodeOf(String name) {
    return MetadataObject.objectOf(((Entry) object(entry(name))).inode());
  }

  private int freeObject() {
    return OPTIONS.objects() - 1; // far beyond what the files of the test need
  }

  private void change(String name, java.util.function.UnaryOperator<Inode> how) {
    int at = inodeOf(name);
    put(at, how.apply((Inode) object(at)));
  }

  private static Inode with(Inode i, int links, int extentCount, List<Extent> extents) {
    return new Inode(
        i.id(), i.directory(), links, i.size(), i.modifiedMillis(), extentCount, extents);
  }

  static Stream<Damage> damages() {
    return Stream.of(
        new Damage("superblock", t -> t.flip(20), "superblock at 0", Cure.WHOLE),
        new Damage("its copy", t -> t.flip(4096 + 20), "superblock at 4096", Cure.WHOLE),
        new Damage("anchor slot 0", t -> t.flip(8192 + 20), "anchor slot 0", Cure.WHOLE),
        new Damage("anchor slot 1", t -> t.flip(12288 + 20), "anchor slot 1", Cure.WHOLE),
        new Damage(
            "lock block",
            t -> {
              t.flip(16384 + 60);
              t.flip(20480 + 60);
            },
            "lock block of host id 1",
            Cure.WHOLE),
        new Damage("inode", t -> t.flip(t.home(t.inodeOf("file")) + 30), "is damaged", Cure.LOSS),
        new Damage(
            "root inode", t -> t.flip(t.home(1) + 30), "root directory is missing", Cure.WHOLE),
        new Damage("entry", t -> t.flip(t.home(t.entry("file")) + 30), "has no name", Cure.WHOLE),
        new Damage(
            "end of a long name",
            t -> t.flip(t.home(t.find(NamePart.class::isInstance)) + 10),
            "lacks its end",
            Cure.WHOLE),
        new Damage(
            "extents",
            t -> t.flip(t.home(t.find(Extents.class::isInstance)) + 10),
            "lacks part 0 of its extents",
            Cure.LOSS),
        new Damage(
            "link count",
            t -> t.change("file", i -> with(i, 3, i.extentCount(), i.extents())),
            "has link count 3",
            Cure.WHOLE),
        new Damage(
            "blocks of another file",
            t -> {
              Inode kept = (Inode) t.object(t.inodeOf("kept"));
              t.change("file", i -> with(i, 1, 1, kept.extents()));
            },
            "shares volume block",
            Cure.LOSS),
        new Damage(
            "blocks outside of the volume",
            t -> t.change("file", i -> with(i, 1, 1, List.of(new Extent(0, 1 << 20, 4)))),
            "has a wrong extent",
            Cure.LOSS),
        new Damage(
            "extents that overlap",
            t -> {
              Extent first = ((Inode) t.object(t.inodeOf("file"))).extents().getFirst();
              t.change(
                  "file",
                  i -> with(i, 1, 2, List.of(first, new Extent(0, first.volumeBlock(), 1))));
            },
            "has a wrong extent",
            Cure.LOSS),
        new Damage(
            "extents of no inode",
            t -> t.put(t.freeObject(), new Extents(5L << 32 | 900, 0, List.of())),
            "holds extents that no inode needs",
            Cure.WHOLE),
        new Damage(
            "end of no name",
            t -> t.put(t.freeObject(), new NamePart(new byte[] {65})),
            "holds the end of no name",
            Cure.WHOLE),
        new Damage(
            "name of nothing",
            t -> t.put(t.freeObject(), new Entry(1L << 32 | 1, 9L << 32 | 901, new byte[] {65}, 0)),
            "leads to nothing",
            Cure.WHOLE),
        new Damage(
            "name in a file",
            t -> {
              Entry file = (Entry) t.object(t.entry("file"));
              Entry kept = (Entry) t.object(t.entry("kept"));
              t.put(t.entry("file"), new Entry(kept.inode(), file.inode(), file.name(), 0));
            },
            "is in no directory",
            Cure.WHOLE),
        new Damage(
            "second name",
            t -> {
              Entry file = (Entry) t.object(t.entry("file"));
              t.put(t.freeObject(), new Entry(1L << 32 | 1, file.inode(), new byte[] {66}, 0));
            },
            "is a second one of inode",
            Cure.WHOLE),
        new Damage(
            "name that is there twice",
            t -> {
              Entry file = (Entry) t.object(t.entry("file"));
              Entry sparse = (Entry) t.object(t.entry("sparse"));
              t.put(t.entry("sparse"), new Entry(file.directory(), sparse.inode(), file.name(), 0));
            },
            "is there twice",
            Cure.WHOLE),
        new Damage(
            "ring of directories",
            t -> {
              Entry d = (Entry) t.object(t.entry("d"));
              Entry e = (Entry) t.object(t.entry("e"));
              t.put(t.entry("d"), new Entry(e.inode(), d.inode(), d.name(), 0));
            },
            "has no name: it becomes /lost+found/",
            Cure.WHOLE),
        new Damage(
            "inode in a wrong place",
            t -> t.put(t.freeObject(), t.object(t.inodeOf("file"))),
            "stands in object",
            Cure.LOSS));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damageIsNamedAndRepaired(Damage damage) throws IOException {
    damage.action().on(this);
    FsckReport found = Fsck.verify(device, false);
    assertThat(found.findings())
        .as(damage.name())
        .anySatisfy(finding -> {
          assertThat(finding.what()).contains(damage.said());
          assertThat(finding.cure()).isEqualTo(damage.cure());
        });
    assertThat(found.hopeless()).isFalse();
    MemoryVolumeDevice again = device.reopen(false);
    // who takes the lock writes its own block anew, whatever stands there
    assertThat(found.findings()).containsAll(Fsck.repair(again, lock(again), true).findings());
    assertThat(Fsck.verify(device, true).findings()).as("after the repair").isEmpty();
    PfsVolume fs = writer(device.reopen(false));
    List<String> names = new ArrayList<>();
    fs.readdir("/").forEach(stat -> names.add(stat.name()));
    assertThat(names).contains("kept");
    assertThat(read(fs, "/kept")).hasSize(50_000).containsOnly(1);
    fs.mkdir("/works-on");
    fs.close();
    assertThat(Fsck.verify(device, true).findings()).isEmpty();
  }

  @Test
  void soundVolumeHasNoFindingsWhetherItWasUnmountedOrNot() throws IOException {
    FsckReport report = Fsck.verify(device, true);
    assertThat(report.findings()).isEmpty();
    assertThat(report.files()).isEqualTo(4);
    assertThat(report.directories()).isEqualTo(3);
    PfsVolume fs = writer(device.reopen(false));
    assertThat(report.blocks() - report.usedBlocks())
        .isEqualTo(fs.space().freeBytes() / OPTIONS.blockBytes());
    PolarFile open = fs.open("/kept", TestMounts.NEW);
    fs.unlink("/kept"); // and dies: an orphan is no damage
    write(fs, "/new", 0, 1, 100);
    assertThat(Fsck.verify(device, true).findings()).isEmpty();
    assertThat(open.size()).isEqualTo(50_000);
  }

  @Test
  void volumeWithoutASuperblockIsHopeless() throws IOException {
    flip(20);
    flip(4096 + 20);
    FsckReport report = Fsck.verify(device, false);
    assertThat(report.hopeless()).isTrue();
    assertThat(report.findings().getFirst().what()).contains("both superblocks");
  }

  @Test
  void newerAnchorThatIsLostCostsNothingAsLongAsTheRingHasItsBatches() throws IOException {
    PfsVolume fs = writer(device.reopen(false));
    for (int i = 0; i < 200; i++) {
      write(fs, "/f" + i % 40, 0, i, 100); // the ring goes round many times
    }
    List<String> before = fs.readdir("/").stream().map(Object::toString).toList();
    long newest = version(8192) > version(12288) ? 8192 : 12288;
    flip(newest + 20);
    FsckReport report = Fsck.verify(device, false);
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().getFirst().cure()).isEqualTo(Cure.WHOLE);
    MemoryVolumeDevice again = device.reopen(false);
    Fsck.repair(again, lock(again), false);
    PfsVolume after = writer(device.reopen(false));
    assertThat(after.readdir("/").stream().map(Object::toString).toList()).isEqualTo(before);
  }

  private long version(long slot) {
    return device.memory().get(ValueLayout.JAVA_LONG_UNALIGNED, slot + 16);
  }

  @Test
  void damageInTheMiddleOfTheJournalIsNamedAndWhatFollowsIsKept() throws IOException {
    PfsVolume fs = writer(device.reopen(false));
    long first = firstSector();
    fs.mkdir("/one");
    fs.mkdir("/two");
    fs.mkdir("/three");
    flip((1 << 20) + (first + 1) * 4096 + 100);
    FsckReport report = Fsck.verify(device, false);
    assertThat(report.findings()).anySatisfy(f -> assertThat(f.what()).contains("journal batches"));
    MemoryVolumeDevice again = device.reopen(false);
    Fsck.repair(again, lock(again), false);
    PfsVolume after = writer(device.reopen(false));
    assertThat(after.exists("/one")).isTrue();
    assertThat(after.exists("/two")).isFalse();
    assertThat(after.exists("/three")).isTrue();
    assertThat(Fsck.verify(device, true).findings()).isEmpty();
  }

  private long firstSector() {
    long newest = version(8192) > version(12288) ? 8192 : 12288;
    return device.memory().get(ValueLayout.JAVA_LONG_UNALIGNED, newest + 32);
  }
}
