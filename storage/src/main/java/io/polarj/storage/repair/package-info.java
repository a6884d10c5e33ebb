/**
 * Keeps the bytes of the replicas right: what fails its checksum is fetched from another member
 * ({@link io.polarj.storage.repair.Repairs}), and everything is read and compared now and then
 * ({@link io.polarj.storage.repair.Scrubber}). The module's README has the rules.
 */
package io.polarj.storage.repair;
