/** What the hospital's systems and its doctors' browsers call: one HTTP door, its callers, and the addresses behind it. */
package io.emrgateway.agent.his;
