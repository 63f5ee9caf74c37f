package io.emrgateway.city;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The city's front door: HTTP/1.1 over TLS 1.3 with client certificates, on the loopback address.
 *
 * <p>A small server of our own and not the JDK's, because the city has to misbehave in ways that no proper server
 * allows: reset a connection in the middle of a request, or send half of an answer. One thread a connection, whether it
 * works or waits: the long polls of thirty hospitals cost thirty threads that sleep, some 4 MiB, and no Java newer than
 * 17.
 */
final class Door implements AutoCloseable {
  /** A gateway has up to four: its feed, its long poll, a lookup of its own, an answer to another's. */
  private static final int CONNECTIONS_MAX = 512;

  private static final int HEAD_BYTES_MAX = 16 << 10;

  /** What is read and thrown away after an answer, so that the connection can go on: one batch that was too large. */
  private static final long DRAIN_BYTES_MAX = 48L << 20;

  /** Longer than any gateway's pause between two batches (a heartbeat comes after 60 s). */
  private static final int IDLE_MILLIS = 120_000;

  private final ServerSocket listening;
  private final SSLContext tls;
  private final Function<Request, Answer> handler;
  private final Semaphore room = new Semaphore(CONNECTIONS_MAX);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Listens when this returns.
   *
   * @param port 0 for any
   */
  Door(int port, SSLContext tls, Function<Request, Answer> handler) throws IOException {
    this.tls = tls;
    this.handler = handler;
    listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
    Thread thread = new Thread(this::accept, "city-door");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        room.acquire();
        Socket socket = listening.accept();
        open.add(socket);
        Thread thread = new Thread(() -> serve(socket), "city-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        // Closed, or a connection that was gone before it was taken.
        room.release();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void serve(Socket plain) {
    try (plain) {
      // An answer is one write; waiting for more to send with it would cost 40 ms a batch.
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(IDLE_MILLIS);
      SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
      socket.setEnabledProtocols(new String[] {"TLSv1.3"});
      socket.setNeedClientAuth(true);
      socket.startHandshake();
      byte[] client = socket.getSession().getPeerCertificates()[0].getEncoded();
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
      OutputStream out = socket.getOutputStream();
      boolean goesOn = true;
      while (goesOn) {
        goesOn = exchange(in, out, client, plain);
      }
      socket.close();
    } catch (IOException | java.security.cert.CertificateException e) {
      // The peer went away, or never got through the handshake: its own log says so better than ours could.
    } finally {
      open.remove(plain);
      room.release();
    }
  }

  /** One request and its answer; false if the connection ends here. */
  private boolean exchange(InputStream in, OutputStream out, byte[] client, Socket plain) throws IOException {
    String line = line(in);
    if (line == null) {
      return false;
    }
    String[] words = line.split(" ");
    if (words.length != 3 || !words[2].equals("HTTP/1.1")) {
      write(out, Answer.refused(Rule.REQUEST_PATH, "", 0), false);
      return false;
    }
    Map<String, String> headers = new HashMap<>();
    int headBytes = line.length();
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headBytes += header.length();
      if (colon < 1 || headBytes > HEAD_BYTES_MAX) {
        return false;
      }
      headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).trim());
    }
    InputStream body = body(in, headers);
    if (body == null) {
      return false;
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    int question = words[1].indexOf('?');
    Request request =
        new Request(
            words[0],
            question < 0 ? words[1] : words[1].substring(0, question),
            question < 0 ? "" : words[1].substring(question + 1),
            headers,
            client,
            body);
    Answer answer = handler.apply(request);
    switch (answer.ending()) {
      case RESET -> {
        plain.setSoLinger(true, 0);
        plain.close();
        return false;
      }
      case CUT -> {
        plain.close();
        return false;
      }
      case HALF -> {
        byte[] whole = bytes(answer, true);
        out.write(whole, 0, whole.length - answer.body().length / 2);
        out.flush();
        plain.close();
        return false;
      }
      case WHOLE -> {}
    }
    boolean goesOn = drained(body) && !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    write(out, answer, goesOn);
    return goesOn;
  }

  private static InputStream body(InputStream in, Map<String, String> headers) {
    String length = headers.get("content-length");
    String coding = headers.get("transfer-encoding");
    if (coding != null) {
      return length == null && coding.equalsIgnoreCase("chunked") ? new Chunked(in) : null;
    }
    if (length == null) {
      return InputStream.nullInputStream();
    }
    return length.matches("[0-9]{1,12}") ? new Counted(in, Long.parseLong(length)) : null;
  }

  private static boolean drained(InputStream body) throws IOException {
    byte[] nowhere = new byte[8192];
    long sum = 0;
    for (int read = body.read(nowhere); read >= 0; read = body.read(nowhere)) {
      sum += read;
      if (sum > DRAIN_BYTES_MAX) {
        return false;
      }
    }
    return true;
  }

  private static void write(OutputStream out, Answer answer, boolean goesOn) throws IOException {
    out.write(bytes(answer, goesOn));
    for (Spool.Spooled file : answer.files()) {
      Files.copy(file.file(), out);
    }
    out.flush();
  }

  private static byte[] bytes(Answer answer, boolean goesOn) {
    StringBuilder head = new StringBuilder(200);
    head.append("HTTP/1.1 ").append(answer.status()).append(' ').append(answer.status() < 400 ? "OK" : "Refused");
    if (answer.status() != 204 && answer.status() != 304) {
      // RFC 9110, 8.6: where there can be no content, there is no length of it.
      head.append("\r\nContent-Type: ").append(answer.type());
      head.append("\r\nContent-Length: ").append(answer.length());
    }
    if (!answer.tag().isEmpty()) {
      head.append("\r\nETag: ").append(answer.tag());
    }
    if (answer.retryAfterSeconds() > 0) {
      head.append("\r\nRetry-After: ").append(answer.retryAfterSeconds());
    }
    if (!goesOn) {
      head.append("\r\nConnection: close");
    }
    head.append("\r\n\r\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(head.length() + answer.body().length);
    bytes.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(answer.body());
    return bytes.toByteArray();
  }

  /** A line without its end, or null if the connection ended before one began. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
      }
      line.append((char) octet);
      if (line.length() > HEAD_BYTES_MAX) {
        throw new IOException("a line without end");
      }
    }
    if (line.length() > 0) {
      throw new IOException("the peer went away");
    }
    return null;
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the door does not close", e);
    }
  }

  /** A body of known length. Ends early only with an exception: half a batch is never taken for a whole one. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left;

    Counted(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(to, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new IOException("the peer went away");
      }
      left -= read;
      return read;
    }
  }

  /** A body in chunks (RFC 9112, 7.1). */
  private static final class Chunked extends InputStream {
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    Chunked(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int read = in.read(to, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new IOException("the peer went away");
      }
      left -= read;
      return read;
    }

    private void nextChunk() throws IOException {
      if (!first) {
        line(in);
      }
      first = false;
      String size = line(in);
      if (size == null || !size.matches("[0-9a-fA-F]{1,8}(;.*)?")) {
        throw new IOException("not a chunk");
      }
      left = Long.parseLong(size.split(";")[0], 16);
      if (left == 0) {
        ended = true;
        for (String trailer = line(in); trailer != null && !trailer.isEmpty(); trailer = line(in)) {
          // Trailers say nothing that counts here.
        }
      }
    }
  }
}
