package io.emrgateway.journeys;

import io.emrgateway.simulator.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;

/** One connection of a hospital's system to the gateway: sends a message, waits for its answer, keeps count. */
public final class His implements AutoCloseable {
  public static final Charset GB18030 = Charset.forName("GB18030");
  private static final int PATIENCE_MILLIS = 20_000;

  /**
   * An acknowledgement.
   *
   * @param code MSA-1
   * @param control MSA-2
   * @param text the whole answer, read as UTF-8 if it is that, else as GB18030
   */
  public record Answer(String code, String control, String text) {}

  private final int port;
  private final SocketFactory sockets;
  private final List<byte[]> acknowledged = new ArrayList<>();
  private Socket socket;

  public His(int port) {
    this(port, SocketFactory.getDefault());
  }

  /** @param sockets makes its connections, by TLS for example */
  public His(int port, SocketFactory sockets) {
    this.port = port;
    this.sockets = sockets;
  }

  public static His of(Agent agent) {
    return new His(agent.mllpPort());
  }

  /** An admission of a ward of our own; the control id is all that tells two of them apart. */
  public static byte[] admission(String control) {
    return admission(control, "P" + control, "测试^患者", StandardCharsets.UTF_8);
  }

  public static byte[] admission(String control, String patient, String name, Charset charset) {
    return message("ADT^A01", control, charset, "PID|1||" + patient + "^^^HIS^MR||" + name + "||19700101|F",
        "PV1|1|I|W1^101^1|||||||||||||||||V" + control);
  }

  public static byte[] message(String type, String control, Charset charset, String... segments) {
    String declared = charset.equals(StandardCharsets.UTF_8) ? "UNICODE UTF-8" : charset.name();
    return ("MSH|^~\\&|HIS|H-0104|EMRGW|CITY|20261122083000+0800||" + type + "|" + control + "|P|2.4||||||" + declared + "\r"
        + String.join("\r", segments) + "\r").getBytes(charset);
  }

  /** Sends one message and waits for its answer; connects when there is no connection. */
  public Answer send(byte[] message) {
    try {
      if (socket == null) {
        connect();
      }
      ByteArrayOutputStream frame = new ByteArrayOutputStream(message.length + 3);
      frame.write(0x0b);
      frame.write(message);
      frame.write(0x1c);
      frame.write(0x0d);
      socket.getOutputStream().write(frame.toByteArray());
      Answer answer = read(socket.getInputStream());
      if (answer.code().equals("AA")) {
        acknowledged.add(message);
      }
      return answer;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes as they are and reads whatever comes until the gateway closes or stays silent for a second. */
  public byte[] sendRaw(byte[] bytes) {
    try (Socket raw = new Socket()) {
      raw.connect(new InetSocketAddress("127.0.0.1", port), 2_000);
      raw.setSoTimeout(1_000);
      ByteArrayOutputStream heard = new ByteArrayOutputStream();
      try {
        raw.getOutputStream().write(bytes);
        raw.shutdownOutput();
        raw.getInputStream().transferTo(heard);
      } catch (IOException silentOrClosed) {
        // What was heard until then is the answer.
      }
      return heard.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connect() throws IOException {
    socket = sockets.createSocket();
    socket.connect(new InetSocketAddress("127.0.0.1", port), 2_000);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  private static Answer read(InputStream in) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != 0x1c; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("the gateway closed the connection");
      }
      if (octet != 0x0b && (octet != 0x0d || frame.size() > 0)) {
        frame.write(octet);
      }
    }
    byte[] bytes = frame.toByteArray();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      text = new String(bytes, GB18030);
    }
    for (String segment : text.split("\r")) {
      if (segment.startsWith("MSA|")) {
        String[] fields = segment.split("\\|", -1);
        return new Answer(fields[1], fields.length > 2 ? fields[2] : "", text);
      }
    }
    throw new IOException("an answer without MSA");
  }

  /** Sends so many admissions, each of which has to be acknowledged with AA. */
  public List<byte[]> admit(String prefix, int count) {
    List<byte[]> sent = new ArrayList<>();
    for (int k = 1; k <= count; k++) {
      byte[] message = admission(prefix + k);
      Answer answer = send(message);
      if (!answer.code().equals("AA")) {
        throw new AssertionError("the gateway answered " + answer.code() + " to a good message: " + answer.text());
      }
      sent.add(message);
    }
    return sent;
  }

  /** {@code H(04|bytes)} with SHA-256 of every message answered with AA, as often as it was answered. */
  public List<String> acknowledged() {
    return hashes(acknowledged);
  }

  public static List<String> hashes(List<byte[]> messages) {
    return messages.stream().map(Ledger::hash).toList();
  }

  @Override
  public void close() {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      socket = null;
    }
  }
}
