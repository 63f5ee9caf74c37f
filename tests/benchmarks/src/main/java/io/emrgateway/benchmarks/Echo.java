package io.emrgateway.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers AA to every MLLP frame and does nothing else: the most that senders and sockets of this machine can do. */
final class Echo implements AutoCloseable {
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  Echo() {
    try {
      door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::welcome, "echo-door");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return door.getLocalPort();
  }

  private void welcome() {
    try {
      while (true) {
        Socket socket = door.accept();
        open.add(socket);
        Thread thread = new Thread(() -> answer(socket), "echo");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException closed) {
      // close() ended it.
    }
  }

  private static void answer(Socket socket) {
    byte[] room = new byte[64 << 10];
    int length = 0;
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      while (true) {
        int read = in.read(room, length, room.length - length);
        if (read < 0) {
          return;
        }
        length += read;
        if (room[length - 1] == '\r' && length > 1 && room[length - 2] == 0x1C) {
          socket.getOutputStream().write(acknowledgement(room, length));
          length = 0;
        }
      }
    } catch (IOException gone) {
      // The sender has what it wanted.
    }
  }

  private static byte[] acknowledgement(byte[] frame, int length) {
    int from = 0;
    for (int bars = 0; bars < 9 && from < length; from++) {
      bars += frame[from] == '|' ? 1 : 0;
    }
    int to = from;
    while (to < length && frame[to] != '|' && frame[to] != '\r') {
      to++;
    }
    String control = new String(frame, from, to - from, StandardCharsets.ISO_8859_1);
    return ("\u000BMSH|^~\\&|ECHO||||20261122080000+0800||ACK|1|P|2.4\rMSA|AA|" + control + "\r\u001C\r")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
