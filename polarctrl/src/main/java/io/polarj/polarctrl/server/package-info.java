/** PolarCtrl as a node of the network. */
package io.polarj.polarctrl.server;
