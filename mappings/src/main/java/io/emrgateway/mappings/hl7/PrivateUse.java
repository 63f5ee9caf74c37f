package io.emrgateway.mappings.hl7;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Moves the private-use points of GBK and GB 18030-2000 to those of GB 18030-2022; see gb18030-private-use.txt. */
final class PrivateUse {
  private static final char FIRST = '\uE766';
  private static final char LAST = '\uE864';
  private static final char[] POINTS = load();

  private PrivateUse() {}

  /** The same string object if nothing had to be moved. */
  static String moved(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= FIRST && c <= LAST && POINTS[c - FIRST] != c) {
        return move(text, i);
      }
    }
    return text;
  }

  private static String move(String text, int from) {
    char[] chars = text.toCharArray();
    for (int i = from; i < chars.length; i++) {
      char c = chars[i];
      if (c >= FIRST && c <= LAST) {
        chars[i] = POINTS[c - FIRST];
      }
    }
    return new String(chars);
  }

  private static char[] load() {
    char[] points = new char[LAST - FIRST + 1];
    for (int i = 0; i < points.length; i++) {
      points[i] = (char) (FIRST + i);
    }
    try (InputStream in = PrivateUse.class.getResourceAsStream("gb18030-private-use.txt");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#") && !line.isBlank()) {
          String[] columns = line.split(" ");
          points[Integer.parseInt(columns[1], 16) - FIRST] = (char) Integer.parseInt(columns[2], 16);
        }
      }
      return points;
    } catch (IOException broken) {
      throw new UncheckedIOException("gb18030-private-use.txt", broken);
    }
  }
}
