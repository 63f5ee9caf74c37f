/**
 * Everything durable: one SQLite file, one writer that commits for all who wait, readers of their own.
 *
 * <p>{@link io.emrgateway.agent.store.Store} puts it together. Admission is in {@code SqliteJournal},
 * batches and receipts in {@code SqliteOutbox}, room and retention in {@code Space} and {@code Housekeeper}.
 */
package io.emrgateway.agent.store;
