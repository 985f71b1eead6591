using Reverie.Cli;

return CommandLine.Run(args);
