package io.emrgateway.agent.start;

import io.emrgateway.agent.seal.SealRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/** The password of the key files, read from its file each time it is asked for and kept nowhere. */
final class Password implements Supplier<char[]> {
  private final Path file;

  Password(Path file) {
    this.file = file;
  }

  /** The file's first line without its end; the caller wipes it. */
  @Override
  public char[] get() {
    try {
      byte[] bytes = Files.readAllBytes(file);
      CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
      int end = 0;
      while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
        end++;
      }
      char[] password = new char[end];
      text.get(password);
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(text.array(), '\0');
      return password;
    } catch (IOException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_UNREADABLE, file.getFileName().toString());
    }
  }
}
