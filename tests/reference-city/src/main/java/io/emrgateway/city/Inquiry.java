package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Base64;

/** A lookup as it is put to one hospital: the asking gateway's own signed request, in an envelope of the city's. */
final class Inquiry {
  final Lookup lookup;
  private final Source source;
  private byte[] sealed;

  Inquiry(Lookup lookup, Source source) {
    this.lookup = lookup;
    this.source = source;
  }

  Register.Feed to() {
    return source.feed;
  }

  /** True if it may still go out; asked by whoever is about to hand it out. */
  boolean handOut() {
    return lookup.handOut(source);
  }

  /** CMS by the city's lookup key. Sealed once: handed out again, it is the same bytes. */
  synchronized byte[] sealed(Keys keys, Instant now) {
    if (sealed == null) {
      ObjectNode words = Json.MAPPER.createObjectNode();
      words.put("v", 1).put("rid", lookup.request.rid()).put("feed", source.feed.feed());
      words.put("iat", Times.text(now)).put("due", Times.text(lookup.due));
      words.put("request", Base64.getEncoder().encodeToString(lookup.cms));
      sealed = Cms.sign(source.feed.suite(), keys.key(), keys.certificate(), Json.bytes(words), now);
    }
    return sealed;
  }
}
