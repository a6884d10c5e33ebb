/** The metadata journal: transactions of after-images, group commit, replay. */
package io.polarj.pfs.volume.journal;
