/**
 * What PolarCtrl shows to operators: plain records, made by the state machine, written as JSON by
 * the admin API. A field's name is the name in the JSON; fields are added, never renamed.
 */
package io.polarj.polarctrl.view;
