package io.polarj.polarctrl.state;

/**
 * Where a node is. Written {@code rack/host}, with as many names before the host as there are kinds
 * of places; one name alone is the host, and then it is its own rack.
 */
record FailureDomain(String rack, String host) {
  static FailureDomain of(String text) {
    int slash = text.lastIndexOf('/');
    return new FailureDomain(slash <= 0 ? text : text.substring(0, slash), text);
  }
}
