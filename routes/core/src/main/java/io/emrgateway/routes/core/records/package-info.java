/** Records: bundles kept for lookups, and whom they are about. */
package io.emrgateway.routes.core.records;
