/**
 * Calcite's validator with MySQL's rules: what names, stars, aliases and ordinals of a statement
 * mean, which functions there are, what types expressions have, where aggregates may stand, and
 * which columns a grouping determines.
 */
package io.polarj.sql.validate;
