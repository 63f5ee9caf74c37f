package io.emrgateway.simulator;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One MLLP connection of a hospital system, and the thread that owns it: sends, waits, checks that MSA-2 is the MSH-10
 * it waits for, and after a time-out or a cut reconnects and sends the same bytes again, in the same order.
 */
final class Sender implements Runnable {
  private static final long CONNECT_PAUSE_NANOS_MAX = 1_000_000_000L;
  private static final long CUT_PAUSE_NANOS = 50_000_000L;
  private static final long SILENCE_NANOS = 300_000_000L;

  /** Where messages come from; null means that there are no more. */
  interface Feed {
    Outgoing next();
  }

  /** Hears of everything that happens to a message. {@code last}: nothing more will happen to it. */
  interface Witness {
    void happened(Outgoing message, Outcome outcome, String detail, long micros, String note, boolean last);
  }

  private final Destination destination;
  private final Manners manners;
  private final Feed feed;
  private final Witness witness;
  private final long intervalNanos;
  private final long endNanos;
  private final Random random;
  private final Deque<Outgoing> waiting = new ArrayDeque<>();

  private long nextDue;
  private int begun;
  private boolean exhausted;
  private volatile Socket socket;
  private OutputStream out;
  private Mllp.Reader in;
  private volatile boolean stopped;

  /**
   * @param intervalNanos between two new messages; 0 for as fast as answers come. A sender that fell behind catches up.
   * @param endNanos of {@link System#nanoTime()}; nothing happens after it
   */
  Sender(Destination destination, Manners manners, Feed feed, Witness witness, long intervalNanos, long firstDue,
      long endNanos, long seed) {
    this.destination = destination;
    this.manners = manners;
    this.feed = feed;
    this.witness = witness;
    this.intervalNanos = intervalNanos;
    this.nextDue = firstDue;
    this.endNanos = endNanos;
    this.random = new Random(seed);
  }

  /** Returns when every message is settled, or soon after {@link #stop()} or the end of time. */
  @Override
  public void run() {
    try {
      while (!over()) {
        sendWhatIsDue();
        if (!waiting.isEmpty()) {
          hearAnswer();
        } else if (exhausted) {
          return;
        } else {
          pauseUntil(nextDue);
        }
      }
    } finally {
      for (Outgoing message : waiting) {
        if (message.onTheWay) {
          tell(message, Outcome.CUT, "", "stopped", true);
        }
      }
      disconnect();
    }
  }

  /** May be called by any thread. */
  void stop() {
    stopped = true;
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is closed either way, and that was all we wanted.
      }
    }
  }

  private void sendWhatIsDue() {
    List<Outgoing> fresh = new ArrayList<>(1);
    while (waiting.size() < manners.window() && !exhausted && !over()) {
      long now = System.nanoTime();
      if (now - nextDue < 0) {
        break;
      }
      Outgoing message = feed.next();
      if (message == null) {
        exhausted = true;
        break;
      }
      message.firstAt = intervalNanos > 0 ? nextDue : now;
      message.repeatsLeft = manners.repeatShare() > 0 && random.nextDouble() < manners.repeatShare() ? 1 : 0;
      nextDue = intervalNanos > 0 ? nextDue + intervalNanos : now;
      waiting.add(message);
      fresh.add(message);
      if (!manners.together()) {
        send(fresh);
        fresh.clear();
      }
    }
    if (!fresh.isEmpty()) {
      send(fresh);
    }
  }

  private void send(List<Outgoing> fresh) {
    if (socket == null && !connect()) {
      return;
    }
    try {
      if (manners.hangUpEvery() > 0 && hangsUp(fresh.get(0))) {
        sendAllAgain();
      } else {
        write(fresh);
      }
    } catch (IOException e) {
      lost(Outcome.CUT);
    }
  }

  private boolean hangsUp(Outgoing message) throws IOException {
    if (++begun % manners.hangUpEvery() != 0) {
      return false;
    }
    message.attempts++;
    out.write(message.frame(), 0, message.frame().length / 2);
    out.flush();
    tell(message, Outcome.HUNG_UP, "", "", false);
    for (Outgoing other : waiting) {
      if (other.onTheWay) {
        tell(other, Outcome.CUT, "", "", false);
      }
    }
    return true;
  }

  private void write(List<Outgoing> messages) throws IOException {
    byte[] bytes = messages.get(0).frame();
    if (messages.size() > 1) {
      int length = 0;
      for (Outgoing message : messages) {
        length += message.frame().length;
      }
      bytes = new byte[length];
      int at = 0;
      for (Outgoing message : messages) {
        System.arraycopy(message.frame(), 0, bytes, at, message.frame().length);
        at += message.frame().length;
      }
    }
    for (Outgoing message : messages) {
      message.attempts++;
      message.onTheWay = true;
    }
    if (manners.packetBytes() == 0) {
      out.write(bytes);
    } else {
      for (int at = 0; at < bytes.length; at += manners.packetBytes()) {
        out.write(bytes, at, Math.min(manners.packetBytes(), bytes.length - at));
        out.flush();
        LockSupport.parkNanos(20_000);
      }
    }
    out.flush();
    long now = System.nanoTime();
    for (Outgoing message : messages) {
      message.deadline = now + (message.answerDue() ? manners.patience().toNanos() : SILENCE_NANOS);
    }
  }

  private void hearAnswer() {
    Outgoing oldest = waiting.peek();
    long until = oldest.deadline;
    if (waiting.size() < manners.window() && !exhausted && nextDue - until < 0) {
      until = nextDue;
    }
    if (until - endNanos > 0) {
      until = endNanos;
    }
    byte[] frame;
    try {
      frame = in.next(until);
    } catch (IOException e) {
      lost(Outcome.CUT);
      return;
    }
    if (frame != null) {
      answered(Answer.of(frame));
    } else if (System.nanoTime() - oldest.deadline >= 0) {
      if (oldest.answerDue()) {
        lost(Outcome.TIMEOUT);
      } else {
        settle(oldest, Outcome.NONE, "");
      }
    }
  }

  private void answered(Answer answer) {
    Outgoing message = null;
    for (Outgoing each : waiting) {
      if (each.controlId().equals(answer.controlId()) || each.controlId().isEmpty()) {
        message = each;
        break;
      }
    }
    if (message == null && waiting.size() == 1 && answer.controlId().isEmpty() && answer.code().endsWith("R")) {
      // Refused by one who could not read our number: it can only be the one message on the way.
      message = waiting.peek();
    }
    if (message == null) {
      tell(waiting.peek(), Outcome.STRAY, "", "MSA-2=" + answer.controlId(), false);
      return;
    }
    switch (answer.code()) {
      case "AA", "CA" -> {
        Outcome outcome = answer.code().equals("AA") ? Outcome.AA : Outcome.CA;
        if (message.repeatsLeft > 0) {
          message.repeatsLeft--;
          tell(message, outcome, "", "", false);
          again(message);
        } else {
          settle(message, outcome, "");
        }
      }
      case "AE", "CE" -> {
        if (message.attempts >= manners.attemptsMax()) {
          settle(message, Outcome.AE, answer.error());
        } else {
          tell(message, Outcome.AE, answer.error(), "", false);
          pauseUntil(System.nanoTime() + manners.pauseAfterAe().toNanos());
          again(message);
        }
      }
      case "AR", "CR" -> settle(message, Outcome.AR, answer.error());
      default -> tell(message, Outcome.STRAY, "", "MSA-1 unusable", false);
    }
  }

  private void again(Outgoing message) {
    if (over()) {
      return;
    }
    try {
      write(List.of(message));
    } catch (IOException e) {
      lost(Outcome.CUT);
    }
  }

  /** The connection is of no more use: what was on the way is sent again on another. */
  private void lost(Outcome outcome) {
    Outcome why = outcome;
    while (!over()) {
      long now = System.nanoTime();
      for (Outgoing message : List.copyOf(waiting)) {
        if (!message.onTheWay) {
          continue;
        }
        Outcome its = why == Outcome.TIMEOUT && now - message.deadline < 0 ? Outcome.CUT : why;
        if (message.attempts >= manners.attemptsMax()) {
          settle(message, its, "");
        } else {
          tell(message, its, "", "", false);
        }
      }
      if (why == Outcome.CUT) {
        pauseUntil(now + CUT_PAUSE_NANOS);
      }
      try {
        sendAllAgain();
        return;
      } catch (IOException e) {
        why = Outcome.CUT;
      }
    }
  }

  private void sendAllAgain() throws IOException {
    disconnect();
    if (waiting.isEmpty() || !connect()) {
      return;
    }
    for (Outgoing message : List.copyOf(waiting)) {
      write(List.of(message));
    }
  }

  /** Tries for as long as the manners say; then every waiting message is given up as unreachable. */
  private boolean connect() {
    long giveUp = System.nanoTime() + manners.unreachableMax().toNanos();
    long pause = 20_000_000;
    while (!over()) {
      try {
        Socket fresh = destination.connect();
        in = new Mllp.Reader(fresh);
        out = fresh.getOutputStream();
        socket = fresh;
        if (stopped) {
          fresh.close();
        }
        return true;
      } catch (IOException e) {
        if (System.nanoTime() - giveUp > 0) {
          for (Outgoing message : List.copyOf(waiting)) {
            settle(message, Outcome.UNREACHABLE, "");
          }
          return false;
        }
        pauseUntil(System.nanoTime() + pause);
        pause = Math.min(2 * pause, CONNECT_PAUSE_NANOS_MAX);
      }
    }
    return false;
  }

  private void disconnect() {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // Gone is gone.
      }
      socket = null;
    }
  }

  private void settle(Outgoing message, Outcome outcome, String detail) {
    waiting.remove(message);
    tell(message, outcome, detail, "", true);
  }

  private void tell(Outgoing message, Outcome outcome, String detail, String note, boolean last) {
    message.onTheWay &= outcome == Outcome.STRAY;
    long micros = (System.nanoTime() - message.firstAt) / 1_000;
    String both = message.note().isEmpty() ? note : note.isEmpty() ? message.note() : message.note() + " " + note;
    witness.happened(message, outcome, detail, micros, both, last);
  }

  private boolean over() {
    return stopped || System.nanoTime() - endNanos >= 0;
  }

  private void pauseUntil(long nanos) {
    long end = nanos - endNanos > 0 ? endNanos : nanos;
    while (!stopped) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return;
      }
      // Wakes often enough for stop() to be heard.
      LockSupport.parkNanos(Math.min(left, 50_000_000));
    }
  }
}
