/**
 * Calcite's validator with MySQL's rules: what names, stars, aliases and ordinals of a statement
 * mean, where aggregates may stand, and which columns a grouping determines.
 */
package io.polarj.sql.validate;
