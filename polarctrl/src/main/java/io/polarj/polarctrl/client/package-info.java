/** PolarCtrl as its clients see it. */
package io.polarj.polarctrl.client;
