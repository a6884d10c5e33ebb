/** MySQL types as Calcite types, and the rules about them. */
package io.polarj.sql.type;
