package io.emrgateway.agent.consent;

import io.emrgateway.agent.seal.Json;
import io.emrgateway.routes.core.lookup.ConsentRefused;
import io.emrgateway.routes.core.lookup.ConsentRule;
import io.emrgateway.routes.core.lookup.Scan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was written into the box.
 *
 * @param width and {@code height}: of the box, in CSS pixels
 * @param strokes each {@code "x,y,t,p x,y,t,p …"}: tenths of a CSS pixel, milliseconds from the first point, pressure from
 *     0 to 1000 (500 where the device has none)
 * @param image of it, as PNG
 * @param pointer mouse, pen or touch
 */
record Signature(int width, int height, List<String> strokes, byte[] image, String pointer) {
  private static final int BOX_MAX = 4_096;
  private static final int IMAGE_BYTES_MAX = 1 << 20;
  private static final int STROKES_MAX = 500;
  private static final int POINTS_MAX = 20_000;
  private static final int TENTHS = 10;
  /** CSS pixels that all strokes make up together, and that they reach across: a name does, a dot or a slip does not. */
  private static final double LENGTH_MIN = 100;
  private static final double EXTENT_MIN = 30;
  private static final Pattern POINT = Pattern.compile("(\\d{1,5}),(\\d{1,5}),(\\d{1,7}),(\\d{1,4})");
  private static final int IHDR = 16;

  private record Point(int x, int y, int t) {
    double to(Point other) {
      return Math.hypot(x - other.x, y - other.y) / TENTHS;
    }
  }

  /**
   * Reads {@code width}, {@code height}, {@code strokes}, {@code image} and {@code pointer}.
   *
   * @throws ConsentRefused when it is of the wrong form, or no signature
   */
  static Signature read(Json.Fields json) {
    long width = json.number("width");
    long height = json.number("height");
    Signature signature = new Signature((int) Math.min(width, BOX_MAX + 1), (int) Math.min(height, BOX_MAX + 1), json.texts("strokes"),
        json.base64("image"), json.text("pointer"));
    require(signature.width > 0 && signature.width <= BOX_MAX && signature.height > 0 && signature.height <= BOX_MAX, "width");
    require(List.of("mouse", "pen", "touch").contains(signature.pointer), "pointer");
    List<List<Point>> strokes = signature.points();
    if (!isWritten(strokes)) {
      throw new ConsentRefused(ConsentRule.SIGNATURE_EMPTY);
    }
    require(isPicture(signature.image), "image");
    return signature;
  }

  private static void require(boolean right, String place) {
    if (!right) {
      throw new ConsentRefused(ConsentRule.FORM, "signature." + place);
    }
  }

  /** In the order they were written, all within the box. */
  private List<List<Point>> points() {
    require(strokes.size() <= STROKES_MAX, "strokes");
    List<List<Point>> all = new ArrayList<>();
    int count = 0;
    int last = 0;
    for (String stroke : strokes) {
      List<Point> points = new ArrayList<>();
      for (String text : stroke.split(" ")) {
        Matcher point = POINT.matcher(text);
        require(point.matches() && ++count <= POINTS_MAX, "strokes");
        Point one = new Point(Integer.parseInt(point.group(1)), Integer.parseInt(point.group(2)), Integer.parseInt(point.group(3)));
        require(one.x <= width * TENTHS && one.y <= height * TENTHS && one.t >= last && Integer.parseInt(point.group(4)) <= 1_000, "strokes");
        last = one.t;
        points.add(one);
      }
      all.add(points);
    }
    return all;
  }

  private static boolean isWritten(List<List<Point>> strokes) {
    double length = 0;
    int left = Integer.MAX_VALUE;
    int top = Integer.MAX_VALUE;
    int right = 0;
    int bottom = 0;
    for (List<Point> stroke : strokes) {
      Point before = stroke.get(0);
      for (Point point : stroke) {
        length += before.to(point);
        before = point;
        left = Math.min(left, point.x);
        top = Math.min(top, point.y);
        right = Math.max(right, point.x);
        bottom = Math.max(bottom, point.y);
      }
    }
    return length >= LENGTH_MIN && Math.max(right - left, bottom - top) >= EXTENT_MIN * TENTHS;
  }

  /** A PNG of a size that a screen has. */
  private static boolean isPicture(byte[] image) {
    if (image.length > IMAGE_BYTES_MAX || image.length < IHDR + 8 || !Scan.typeOf(image).equals("image/png")) {
      return false;
    }
    ByteBuffer size = ByteBuffer.wrap(image, IHDR, 8);
    int wide = size.getInt();
    int high = size.getInt();
    return wide > 0 && wide <= 4 * BOX_MAX && high > 0 && high <= 4 * BOX_MAX;
  }

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Signature[…]";
  }
}
