/**
 * {@code polarj ctl}: the operator's tool for the control plane. It speaks to PolarCtrl's admin API
 * alone, so that it runs anywhere; only {@code recover} can also work on a stopped cluster.
 */
package io.polarj.server.ctl;
