/** A volume of a running cluster, mounted by a program that is no node of the cluster itself. */
package io.polarj.pfs.mount;
