// The kernel's names for files: node numbers, each a name in a parent node. A number is never used
// again. A node whose name is gone stays for as long as the kernel knows it, without a path. Any
// thread.
package io.polarj.pfs.fuse;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import java.util.HashMap;
import java.util.Map;

final class Nodes {
  static final long ROOT = 1;

  private static final class Node {
    final long number;
    final long inode;
    final Map<String, Node> children = new HashMap<>();
    Node parent;
    String name;
    long lookups;

    Node(long number, long inode, Node parent, String name) {
      this.number = number;
      this.inode = inode;
      this.parent = parent;
      this.name = name;
    }
  }

  private final Map<Long, Node> byNumber = new HashMap<>();
  private long last = ROOT;

  Nodes() {
    byNumber.put(ROOT, new Node(ROOT, 0, null, ""));
  }

  /** The path, or null when its name is gone. */
  synchronized String path(long number) {
    Node node = byNumber.get(number);
    StringBuilder path = new StringBuilder();
    while (node != null && node.number != ROOT) {
      path.insert(0, "/" + node.name);
      node = node.parent;
    }
    return node == null ? null : path.isEmpty() ? "/" : path.toString();
  }

  synchronized String path(long directory, String name) throws PfsException {
    String parent = path(directory);
    if (parent == null) {
      throw new PfsException(Errno.ENOENT, "the directory of " + name + " is gone");
    }
    return parent.equals("/") ? "/" + name : parent + "/" + name;
  }

  /** The kernel learns of a name: its node, counted once more. */
  synchronized long known(long directory, String name, long inode) throws PfsException {
    Node parent = byNumber.get(directory);
    if (parent == null) {
      throw new PfsException(Errno.ENOENT, "the directory of " + name + " is gone");
    }
    Node node = parent.children.get(name);
    if (node != null && node.inode != inode) {
      removed(directory, name); // another file has the name by now
      node = null;
    }
    if (node == null) {
      node = new Node(++last, inode, parent, name);
      parent.children.put(name, node);
      byNumber.put(node.number, node);
    }
    node.lookups++;
    return node.number;
  }

  synchronized void forget(long number, long lookups) {
    Node node = byNumber.get(number);
    if (node == null || number == ROOT) {
      return;
    }
    node.lookups -= lookups;
    while (node != null && node.number != ROOT && node.lookups <= 0 && node.children.isEmpty()) {
      byNumber.remove(node.number);
      Node parent = node.parent;
      if (parent != null) {
        parent.children.remove(node.name, node);
      }
      node = parent;
    }
  }

  synchronized void removed(long directory, String name) {
    Node parent = byNumber.get(directory);
    Node node = parent == null ? null : parent.children.remove(name);
    if (node != null) {
      node.parent = null;
    }
  }

  synchronized void renamed(long from, String oldName, long to, String newName) {
    removed(to, newName);
    Node source = byNumber.get(from);
    Node target = byNumber.get(to);
    Node node = source == null ? null : source.children.remove(oldName);
    if (node != null) {
      node.parent = target;
      node.name = newName;
      if (target != null) {
        target.children.put(newName, node);
      }
    }
  }
}
