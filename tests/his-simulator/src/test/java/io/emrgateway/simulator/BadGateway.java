package io.emrgateway.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A receiver that misbehaves on cue. Reads frames in its own way, so that a defect of {@link Mllp} shows. */
final class BadGateway implements AutoCloseable {
  /** One message that arrived, and the means to answer it. */
  final class Arrival {
    /** Counts from 1 over all connections. */
    final int number;
    final byte[] bytes;
    final String controlId;
    private final Socket socket;

    private Arrival(int number, byte[] bytes, Socket socket) {
      this.number = number;
      this.bytes = bytes;
      this.socket = socket;
      String head = new String(bytes, StandardCharsets.ISO_8859_1).stripLeading().split("[\r\n]", 2)[0];
      String separator = head.length() > 3 ? Pattern.quote(head.substring(3, 4)) : "\\|";
      String[] fields = head.split(separator, -1);
      this.controlId = head.startsWith("MSH") && fields.length > 9 ? fields[9] : "";
    }

    void answer(String code) throws IOException {
      answer(code, controlId, "");
    }

    void answer(String code, String messageControlId, String more) throws IOException {
      send(("\u000bMSH|^~\\&|GW|CITY|HIS|X|20261122080000+0800||ACK|1|P|2.4\rMSA|" + code + "|" + messageControlId
          + "\r" + more + "\u001c\r").getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    void cut() throws IOException {
      socket.close();
    }
  }

  interface Behaviour {
    void on(Arrival arrival) throws Exception;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final List<Arrival> arrivals = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int readsOfSeveralFrames;

  BadGateway(Behaviour behaviour) throws IOException {
    this(behaviour, new ServerSocket(), 0);
  }

  BadGateway(Behaviour behaviour, ServerSocket server, int port) throws IOException {
    this.behaviour = behaviour;
    this.server = server;
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread acceptor = new Thread(this::accept, "bad-gateway");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  int port() {
    return server.getLocalPort();
  }

  List<Arrival> arrivals() {
    synchronized (arrivals) {
      return List.copyOf(arrivals);
    }
  }

  Set<String> hashes() {
    return arrivals().stream().map(arrival -> Ledger.hash(arrival.bytes)).collect(Collectors.toSet());
  }

  int readsOfSeveralFrames() {
    return readsOfSeveralFrames;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread reader = new Thread(() -> read(socket), "bad-gateway-reader");
        reader.setDaemon(true);
        reader.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void read(Socket socket) {
    try (socket; InputStream in = socket.getInputStream()) {
      ByteArrayOutputStream message = null;
      boolean ended = false;
      byte[] packet = new byte[65_536];
      for (int length = in.read(packet); length >= 0; length = in.read(packet)) {
        int framesHere = 0;
        for (int i = 0; i < length; i++) {
          byte b = packet[i];
          if (ended) {
            if (b != 0x0D) {
              throw new IOException("1C without 0D");
            }
            ended = false;
          } else if (message == null) {
            if (b != 0x0B) {
              throw new IOException("byte between frames");
            }
            message = new ByteArrayOutputStream();
          } else if (b == 0x1C) {
            ended = true;
            framesHere++;
            arrived(message.toByteArray(), socket);
            message = null;
          } else {
            message.write(b);
          }
        }
        if (framesHere > 1) {
          readsOfSeveralFrames++;
        }
      }
    } catch (Exception e) {
      // A test that cares looks at what arrived.
    } finally {
      open.remove(socket);
    }
  }

  private void arrived(byte[] bytes, Socket socket) throws Exception {
    Arrival arrival;
    synchronized (arrivals) {
      arrival = new Arrival(arrivals.size() + 1, bytes, socket);
      arrivals.add(arrival);
    }
    behaviour.on(arrival);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
