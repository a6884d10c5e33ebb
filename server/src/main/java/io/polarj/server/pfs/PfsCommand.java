package io.polarj.server.pfs;

import io.polarj.server.command.FsckCommand;
import io.polarj.server.command.GrowCommand;
import picocli.CommandLine.Command;

/** {@code polarj pfs}: the tools for the files on a running cluster's volumes. */
@Command(
    name = "pfs",
    mixinStandardHelpOptions = true,
    description = {
      "Work with the files on a running cluster's volumes.",
      "Tools that change something need to be the volume's one writer: on the database's volume",
      "they are refused with the owner's name; on volumes made by `polarj pfs mkfs` they work.",
      "Exit code: 0 done, 1 an error, 2 a wrong command line."
    },
    subcommands = {
      LookCommands.Ls.class,
      LookCommands.Tree.class,
      LookCommands.Cat.class,
      LookCommands.Stat.class,
      LookCommands.Du.class,
      LookCommands.Df.class,
      LookCommands.MapExtents.class,
      LookCommands.Dump.class,
      CopyCommand.class,
      MountCommand.class,
      ChangeCommands.Mkfs.class,
      ChangeCommands.Mkdir.class,
      ChangeCommands.Rm.class,
      ChangeCommands.Mv.class,
      FsckCommand.class,
      GrowCommand.class
    })
public final class PfsCommand {}
