#!/bin/sh
# How fast and how small on this machine, beside what the machine allows: prints a table.
# Options: --seconds N, --only NAME[,NAME], --json FILE, --long; see --help.
set -eu

house=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -d "$house/tests/benchmarks/target/lib" ] || [ ! -e "$house/installer/target/emr-gateway/bin/emr-gateway" ]; then
  echo '首次运行，正在构建 / first run: building' >&2
  (cd "$house" && ./mvnw -q -DskipTests package) >&2
fi
# City and senders share the processors with the gateway: they run on what its own command would find.
for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" /usr/lib/jvm/*-25-*/bin/java java; do
  if command -v "$java" >/dev/null 2>&1; then
    break
  fi
done
exec "$java" -Xmx1g -XX:+UseSerialGC -Demr.house="$house" -Dstdout.encoding=UTF-8 -Dfile.encoding=UTF-8 \
  -cp "$house/tests/benchmarks/target/classes:$house/tests/benchmarks/target/lib/*" \
  io.emrgateway.benchmarks.Benchmarks "$@"
