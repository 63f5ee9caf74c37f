package io.emrgateway.agent.cli;

import picocli.CommandLine.Command;

/** The command and its subcommands. */
@Command(
    name = "emr-gateway",
    description = {"医院电子病历共享网关 / the hospital's gateway to shared electronic medical records", ""},
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      Run.class, Check.class, Settings.class, Status.class, Quarantine.class, Replay.class, Resume.class, Resync.class,
      Rehearse.class
    })
public final class EmrGateway {}
