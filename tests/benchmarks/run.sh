#!/bin/sh
# How fast and how small on this machine, beside what the machine allows: prints a table.
# Options: --seconds N, --only NAME[,NAME], --json FILE, --long; see --help.
set -eu

house=$(cd "$(dirname "$0")/../.." && pwd)
. "$house/tests/benchmarks/java.sh"
exec "$java" -Xmx1g -XX:+UseSerialGC -Demr.house="$house" -Dstdout.encoding=UTF-8 -Dfile.encoding=UTF-8 \
  -cp "$house/tests/benchmarks/target/classes:$house/tests/benchmarks/target/lib/*" \
  io.emrgateway.benchmarks.Benchmarks "$@"
