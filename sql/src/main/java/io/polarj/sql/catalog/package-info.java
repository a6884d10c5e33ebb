/** What tables look like when they are described: SHOW, and the tables of information_schema. */
package io.polarj.sql.catalog;
