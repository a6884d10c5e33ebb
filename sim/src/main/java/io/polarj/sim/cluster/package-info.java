/**
 * The whole storage tier on simulated disks and wires: PolarCtrl, three ChunkServers on tiny disks
 * and clients behind PolarSwitch, all production classes, under crashes, pauses, partitions, torn
 * and lost writes and rotting bits. Way in: {@code ClusterScenario}.
 */
package io.polarj.sim.cluster;
