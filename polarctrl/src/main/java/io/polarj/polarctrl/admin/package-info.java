/**
 * The admin API of PolarCtrl: JSON over HTTP for operators and their tools, and metrics for
 * Prometheus. Every request is put to the state machine on its loop; nothing here keeps state.
 */
package io.polarj.polarctrl.admin;
