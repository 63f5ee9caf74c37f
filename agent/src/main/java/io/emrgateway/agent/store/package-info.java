/**
 * Everything durable: one SQLite file, one writer that commits for all who wait, readers of their own.
 *
 * <p>{@link io.emrgateway.agent.store.Store} puts it together. Admission is in {@code SqliteJournal},
 * batches and receipts in {@code SqliteOutbox}, room and retention in {@code Space} and {@code Housekeeper}, the audit in
 * {@code Audit}, which is read by {@link io.emrgateway.agent.store.AuditLog} and verified by {@link io.emrgateway.agent.store.AuditChain}.
 */
package io.emrgateway.agent.store;
