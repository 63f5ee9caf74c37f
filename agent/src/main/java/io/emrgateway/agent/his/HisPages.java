package io.emrgateway.agent.his;

import io.vertx.ext.web.Router;

/** A group of addresses behind the HIS's door. */
public interface HisPages {

  /**
   * Adds its routes. What may take time is added as a blocking handler, unordered: the event loop belongs to everybody.
   *
   * @param callers to be put before each route that only the hospital's own systems may call
   */
  void mount(Router router, Callers callers);
}
