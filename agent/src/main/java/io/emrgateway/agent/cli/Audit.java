package io.emrgateway.agent.cli;

import picocli.CommandLine.Command;

/** What can be done with the audit. */
@Command(name = "audit",
    description = "核验审计链，列出谁看过什么；查看审计也会记入审计 / verify the audit chain, list who looked at what; looking at it is audited too",
    subcommands = {AuditVerify.class, AuditList.class, AuditEmergencies.class, AuditPatient.class})
final class Audit {}
