/** The subcommands of the {@code polarj} program. */
package io.polarj.server.command;
