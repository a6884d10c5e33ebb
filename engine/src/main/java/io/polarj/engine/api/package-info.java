/** The narrow interface between the SQL layer and a storage engine. */
package io.polarj.engine.api;
