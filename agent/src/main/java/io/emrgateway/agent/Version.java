package io.emrgateway.agent;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Which version this is; goes into every batch's header. */
public final class Version {
  public static final String TEXT = read();

  private Version() {}

  private static String read() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new IllegalStateException("the program's own version cannot be read", e);
    }
  }
}
