# Read by the scripts beside it: builds what is not built, and sets $java. Needs $house.

if [ ! -d "$house/tests/benchmarks/target/lib" ] || [ ! -e "$house/installer/target/emr-gateway/bin/emr-gateway" ]; then
  echo '首次运行，正在构建 / first run: building' >&2
  (cd "$house" && ./mvnw -q -DskipTests package) >&2
fi
# What is measured, city and senders run on what the gateway's own command would find.
for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" /usr/lib/jvm/*-25-*/bin/java java; do
  if command -v "$java" >/dev/null 2>&1; then
    break
  fi
done
