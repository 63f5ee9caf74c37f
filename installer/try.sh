#!/bin/sh
# The whole way on this machine: city, gateway and HIS simulator on loopback, with throw-away keys.
set -eu

house=$(cd "$(dirname "$0")/.." && pwd)

if ! command -v java >/dev/null 2>&1 && [ -z "${JAVA_HOME:-}" ]; then
  echo '缺少 JDK：请安装 17 或更高版本（例如 apt-get install openjdk-17-jdk） / no JDK: install 17 or later, for example: apt-get install openjdk-17-jdk' >&2
  exit 4
fi

for word in "$@"; do
  case $word in
    -h | --help)
      cat <<'USAGE'
用法 / usage: installer/try.sh [选项 / options]
  --messages DIR   发送该目录中的 .hl7 文件（大小写均可；默认：自带样例） / send the .hl7 files, in either case, of this folder (default: our samples)
  --once           全部有结果后停止；仅当无一遗失时退出码为 0 / stop when every message is accounted for; exit 0 only then
  --report FILE    写入 JSON 汇总 / write a summary as JSON
  --bundles DIR    写入市平台持有的 FHIR Bundle / write the bundles the city holds, one file per message
  --suite intl|gm  密码套件（默认 intl） / cryptographic suite
  --connections N  并发连接数（默认 4） / connections of the simulated HIS
  --lookups        另启动第二家医院，供试用跨院查询（见 agent/LOOKUPS.md） / a second hospital beside it, to try lookups (agent/LOOKUPS.md)
  --keep DIR       工作目录（默认临时目录，结束后删除） / working folder (default: a temporary one, removed at the end)
USAGE
      exit 0
      ;;
  esac
done

# Built if something is missing, or if a source is newer than the last build: that writes quarkus-artifact.properties last.
needed="
installer/target/emr-gateway/bin/emr-gateway
agent/target/quarkus-artifact.properties
tests/reference-city/target/reference-city.jar
tests/stage/target/stage-0.1.0-SNAPSHOT.jar
"
why=
for part in $needed; do
  if [ ! -e "$house/$part" ]; then
    why='首次运行，正在构建（约一至三分钟） / first run: building, one to three minutes'
  fi
done
if [ -z "$why" ] && [ -n "$(cd "$house" && find pom.xml agent installer mappings routes tests \
    \( -name target -o -path '*/src/test' \) -prune -o -type f ! -name '*.md' ! -name try.sh \
    -newer agent/target/quarkus-artifact.properties -print | head -n 1)" ]; then
  why='源文件比程序新，正在重新构建（约一分钟） / the sources are newer than the program: building again, about a minute'
fi
if [ -n "$why" ]; then
  echo "$why" >&2
  (cd "$house" && ./mvnw -q -DskipTests package) >&2
fi

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -Demr.house="$house" -Dstdout.encoding=UTF-8 -Dfile.encoding=UTF-8 \
  -cp "$house/tests/stage/target/stage-0.1.0-SNAPSHOT.jar:$house/tests/stage/target/lib/*" \
  io.emrgateway.journeys.Try "$@"
