package io.polarj.pfs.volume;

import static io.polarj.pfs.volume.TestMounts.NEW;
import static io.polarj.pfs.volume.TestMounts.formatted;
import static io.polarj.pfs.volume.TestMounts.read;
import static io.polarj.pfs.volume.TestMounts.reader;
import static io.polarj.pfs.volume.TestMounts.writer;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.fsck.Fsck;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random operations against a model in memory, with deaths of the host at any write, remounts and a
 * read-only mount that follows. {@code -Dpfs.seeds=N -Dpfs.seed=FIRST} runs others.
 */
final class VolumeModelTest {
  private static final MkfsOptions SMALL = new MkfsOptions(16384, 64 << 10, 512, false);
  private static final int OPERATIONS = 400;
  private static final int FILE_BYTES = 120_000;

  /** Path to content; null is a directory. */
  private TreeMap<String, byte[]> model = new TreeMap<>();

  private RandomStream random;
  private MemoryVolumeDevice device;
  private PfsVolume fs;
  private String tag;

  /** An operation: what it does to the volume, and to the model. */
  private interface Operation {
    void run() throws IOException;
  }

  @Test
  void volumeIsWhatTheModelSaysThroughDeathsAndRemounts() throws IOException {
    long first = Long.getLong("pfs.seed", 1);
    long count = Long.getLong("pfs.seeds", 12);
    int deaths =
        run(1009); // it once showed what a write cut off by a death had left beyond the size
    for (long seed = first; seed < first + count; seed++) {
      deaths += run(seed);
    }
    assertThat(deaths).as("deaths in the midst of an operation").isGreaterThan((int) count);
  }

  private int run(long seed) throws IOException {
    random = new RandomStream(seed);
    model = new TreeMap<>();
    device = formatted(6 << 20, SMALL);
    fs = writer(device);
    PfsVolume follower = reader(device);
    int deaths = 0;
    device.dieAtWrite(random.nextInt(150), random.nextInt(4));
    for (int i = 0; i < OPERATIONS; i++) {
      tag = "seed " + seed + " operation " + i;
      TreeMap<String, byte[]> before = new TreeMap<>(model);
      String target = path();
      try {
        operate(target);
      } catch (PfsException e) {
        if (device.dead()) {
          deaths++;
          TreeMap<String, byte[]> after = model;
          remount();
          settle(before, after, target);
        } else {
          tag += " refused with " + e.errno();
          model = before; // refused: nothing may have changed
          assertThat(e.errno())
              .as(tag + " " + e.getMessage())
              .isIn(
                  Errno.ENOSPC,
                  Errno.ENOENT,
                  Errno.EEXIST,
                  Errno.EISDIR,
                  Errno.ENOTDIR,
                  Errno.ENOTEMPTY,
                  Errno.EINVAL);
          compare(fs);
        }
      }
      compare(fs);
      if (i % 25 == 0) {
        follower.refresh();
        compare(follower);
      }
    }
    device.dieAtWrite(Long.MAX_VALUE, 0);
    compare(fs);
    fs.close();
    assertThat(Fsck.verify(device.reopen(true), true).findings()).as(tag).isEmpty();
    return deaths;
  }

  private void remount() throws IOException {
    device = device.reopen(false);
    assertThat(Fsck.verify(device, false).findings()).as(tag + " after death").isEmpty();
    fs = writer(device);
    device.dieAtWrite(random.nextInt(150), random.nextInt(4));
  }

  private String path() {
    String[] directories = {"", "", "/d", "/d/e", "/g"};
    return directories[random.nextInt(directories.length)] + "/" + (char) ('a' + random.nextInt(8));
  }

  /** The model is changed first, so that a death leaves both states to compare with. */
  private void operate(String target) throws IOException {
    byte[] old = model.get(target);
    boolean file = old != null;
    int kind = random.nextInt(20);
    tag += " kind " + kind + " of " + target;
    if (!file && kind < 12) {
      expect(target, new byte[0], () -> fs.open(target, NEW).close());
    } else if (!file && kind < 15) {
      String directory = random.chance(0.5) ? "/d" : random.chance(0.5) ? "/d/e" : "/g";
      boolean there = model.containsKey(directory);
      model.put(directory, null);
      fs.mkdir(directory);
      assertThat(there).as(tag).isFalse();
    } else if (!file) {
      String directory = random.chance(0.5) ? "/d/e" : "/g";
      model.remove(directory);
      fs.rmdir(directory);
    } else if (kind < 8) {
      int offset = random.nextInt(FILE_BYTES);
      byte[] bytes =
          bytes(random.chance(0.5) ? 4096 * (1 + random.nextInt(6)) : 1 + random.nextInt(9_000));
      int at = random.chance(0.5) ? offset / 4096 * 4096 : offset;
      byte[] now = Arrays.copyOf(old, Math.max(old.length, at + bytes.length));
      System.arraycopy(bytes, 0, now, at, bytes.length);
      change(target, now, opened -> opened.write(at, MemorySegment.ofArray(bytes)));
    } else if (kind < 10) {
      byte[] bytes = bytes(1 + random.nextInt(20_000));
      byte[] now = Arrays.copyOf(old, old.length + bytes.length);
      System.arraycopy(bytes, 0, now, old.length, bytes.length);
      change(target, now, opened -> opened.append(MemorySegment.ofArray(bytes)));
    } else if (kind < 12) {
      int size = random.nextInt(FILE_BYTES);
      change(target, Arrays.copyOf(old, size), opened -> opened.truncate(size));
    } else if (kind < 14) {
      int from = random.nextInt(FILE_BYTES);
      int length = random.nextInt(60_000);
      byte[] now = old.clone();
      Arrays.fill(now, Math.min(from, now.length), Math.min(from + length, now.length), (byte) 0);
      change(target, now, opened -> opened.punch(from, length));
    } else if (kind < 16) {
      int from = random.nextInt(FILE_BYTES);
      int length = random.nextInt(60_000);
      boolean keep = random.chance(0.5);
      byte[] now = keep ? old : Arrays.copyOf(old, Math.max(old.length, from + length));
      change(
          target,
          now,
          opened -> {
            if (keep) {
              opened.allocateKeepingSize(from, length);
            } else {
              opened.allocate(from, length);
            }
          });
    } else if (kind < 18) {
      String to = path();
      model.remove(target);
      model.put(to, old);
      fs.rename(target, to);
    } else {
      model.remove(target);
      if (random.chance(0.3)) {
        removeWhileOpen(target, old);
      } else {
        fs.unlink(target);
      }
    }
  }

  private void removeWhileOpen(String target, byte[] content) throws IOException {
    try (PolarFile open = fs.open(target, NEW)) {
      fs.unlink(target);
      byte[] back = new byte[content.length];
      open.read(0, MemorySegment.ofArray(back));
      assertThat(Arrays.equals(back, content)).as(tag).isTrue();
      open.append(MemorySegment.ofArray(new byte[5_000]));
    }
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) (1 + random.nextInt(100)));
    return bytes;
  }

  private void expect(String path, byte[] content, Operation operation) throws IOException {
    model.put(path, content);
    operation.run();
  }

  private interface FileOperation {
    void on(PolarFile file) throws IOException;
  }

  private void change(String path, byte[] now, FileOperation operation) throws IOException {
    model.put(path, now);
    try (PolarFile file = fs.open(path, NEW)) {
      operation.on(file);
    }
  }

  /**
   * After a death: names are those before or after the operation; the bytes of its file are old or
   * new ones, or zeros where a hole was made; everything else is as it was.
   */
  private void settle(TreeMap<String, byte[]> before, TreeMap<String, byte[]> after, String target)
      throws IOException {
    TreeMap<String, byte[]> found = contents(fs);
    assertThat(found.keySet()).as(tag).isIn(before.keySet(), after.keySet());
    for (String path : found.keySet()) {
      byte[] now = found.get(path);
      byte[] old = before.get(path);
      byte[] next = after.get(path);
      boolean same = Arrays.equals(now, old) || Arrays.equals(now, next);
      if (!same) {
        assertThat(path).as(tag).isEqualTo(target);
        assertThat(now.length).as(tag).isIn(old.length, next.length);
        for (int i = 0; i < now.length; i++) {
          boolean allowed =
              (i < old.length && now[i] == old[i]) || (i < next.length && now[i] == next[i]);
          assertThat(allowed).as("%s byte %d of %s", tag, i, path).isTrue();
        }
      }
    }
    model = found;
  }

  private void compare(PfsVolume mount) throws IOException {
    TreeMap<String, byte[]> found = contents(mount);
    assertThat(found.keySet()).as(tag).isEqualTo(model.keySet());
    for (String path : model.keySet()) {
      assertThat(Arrays.equals(found.get(path), model.get(path))).as(tag + " " + path).isTrue();
    }
  }

  private static TreeMap<String, byte[]> contents(PfsVolume mount) throws IOException {
    TreeMap<String, byte[]> found = new TreeMap<>();
    List<String> open = new ArrayList<>(List.of(""));
    while (!open.isEmpty()) {
      String directory = open.removeLast();
      for (FileStat stat : mount.readdir(directory.isEmpty() ? "/" : directory)) {
        String path = directory + "/" + stat.name();
        if (stat.directory()) {
          found.put(path, null);
          open.add(path);
        } else {
          found.put(path, read(mount, path));
        }
      }
    }
    return found;
  }
}
