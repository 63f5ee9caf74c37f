#!/bin/sh
# The whole way on this machine: city, gateway and HIS simulator on loopback, with throw-away keys.
set -eu

house=$(cd "$(dirname "$0")/.." && pwd)

if ! command -v java >/dev/null 2>&1 && [ -z "${JAVA_HOME:-}" ]; then
  echo '缺少 JDK：请安装 17 或更高版本（例如 apt-get install openjdk-17-jdk） / no JDK: install 17 or later, for example: apt-get install openjdk-17-jdk' >&2
  exit 4
fi

needed="
installer/target/emr-gateway/bin/emr-gateway
tests/reference-city/target/reference-city.jar
tests/journeys/target/journeys-0.1.0-SNAPSHOT.jar
"
for part in $needed; do
  if [ ! -e "$house/$part" ]; then
    echo '首次运行，正在构建（约一至三分钟） / first run: building, one to three minutes' >&2
    (cd "$house" && ./mvnw -q -DskipTests package) >&2
    break
  fi
done

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -Demr.house="$house" -Dstdout.encoding=UTF-8 -Dfile.encoding=UTF-8 \
  -cp "$house/tests/journeys/target/journeys-0.1.0-SNAPSHOT.jar:$house/tests/journeys/target/lib/*" \
  io.emrgateway.journeys.Try "$@"
