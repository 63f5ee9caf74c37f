/** Files that are whole after a power cut. Knows no other part of the house. */
package io.emrgateway.agent.files;
