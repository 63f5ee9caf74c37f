package io.emrgateway.city;

import java.io.IOException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A certificate the register names, decoded once: decoding certificate and key anew for every batch would cost five
 * times what the check of the signature costs.
 */
final class Pinned {
  private static final String FEED_URN = "urn:emr-gateway:feed:";

  final byte[] der;
  final X509CertificateHolder holder;
  final PublicKey key;

  /** @throws IllegalArgumentException if {@code der} is no certificate with a key on one of the two curves */
  Pinned(byte[] der) {
    this.der = der.clone();
    try {
      holder = new X509CertificateHolder(der);
      key = new JcaPEMKeyConverter().setProvider(Suite.BC).getPublicKey(holder.getSubjectPublicKeyInfo());
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("a registered certificate cannot be read", e);
    }
  }

  /** True if the certificate's SAN holds {@code urn:emr-gateway:feed:<feed>}. */
  boolean names(String feed) {
    Extension extension = holder.getExtension(Extension.subjectAlternativeName);
    if (extension == null) {
      return false;
    }
    for (GeneralName name : GeneralNames.getInstance(extension.getParsedValue()).getNames()) {
      if (name.getTagNo() == GeneralName.uniformResourceIdentifier
          && name.getName().toString().equals(FEED_URN + feed)) {
        return true;
      }
    }
    return false;
  }

  /** True if the key lies on the curve of {@code suite}. */
  boolean isOf(Suite suite) {
    return holder.getSubjectPublicKeyInfo().getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve
        && curve.equals(suite.curveOid);
  }

  boolean validAt(Instant time) {
    return holder.isValidOn(Date.from(time));
  }

  boolean is(byte[] otherDer) {
    return Arrays.equals(der, otherDer);
  }
}
