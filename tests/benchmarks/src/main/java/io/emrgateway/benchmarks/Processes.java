package io.emrgateway.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux knows of processes: CPU time of all their threads, resident memory, and of the machine as a whole. */
final class Processes {
  /** {@code USER_HZ}: what /proc counts CPU time in; 100 on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private Processes() {}

  /** User and system time since the process began, all threads; proc(5), fields 14 and 15 of stat. */
  static double cpuSeconds(long pid) {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /** Seconds that the processors of this machine were busy for anybody since it was started. */
  static double busySeconds() {
    String[] fields = read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().trim().split(" +");
    double busy = 0;
    for (int k = 1; k < Math.min(fields.length, 9); k++) {
      boolean idle = k == 4 || k == 5;
      busy += idle ? 0 : Long.parseLong(fields[k]) / TICKS_PER_SECOND;
    }
    return busy;
  }

  /** Resident memory now, in MiB. */
  static double residentMiB(long pid) {
    return read(Path.of("/proc/" + pid + "/status")).lines().filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0).findFirst().orElse(0);
  }

  /** Load averages of 1, 5 and 15 minutes, as the system writes them. */
  static String loadAverage() {
    String[] fields = read(Path.of("/proc/loadavg")).split(" ");
    return fields[0] + " " + fields[1] + " " + fields[2];
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
