#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds, starts and stops a real Elasticsearch or OpenSearch node on loopback for the tests. See README.md.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
maven_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1 # pinned: not whatever the Maven at hand prefers
start_seconds=120
stop_seconds=20
archive_seconds=120 # to end and write its classes down

usage() {
  cat >&2 <<'END'
usage: run.sh start --home DIR [--server NAME] [--port N] [-E key=value]...   prints http://127.0.0.1:PORT once it listens
       run.sh stop  --home DIR                  ends it cleanly
       run.sh kill  --home DIR                  ends it as a crash does
       run.sh remove --home DIR                 ends it and removes DIR
       run.sh build [--server NAME]             only builds
NAME is elasticsearch (default) or opensearch. $ESPCAP_ELASTICSEARCH_VERSION and $ESPCAP_OPENSEARCH_VERSION name
another version than the one of its pom.xml.
END
  exit 2
}

say() { printf 'servers/run.sh: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# --- build -----------------------------------------------------------------------------------------------------------

# choose_server NAME: sets what depends on it.
choose_server() {
  local version
  case $1 in
    elasticsearch)
      main_class=org.elasticsearch.node.EspcapTestNode
      version=${ESPCAP_ELASTICSEARCH_VERSION:-}
      ;;
    opensearch)
      main_class=espcap.tests.opensearch.EspcapTestNode
      version=${ESPCAP_OPENSEARCH_VERSION:-}
      ;;
    *) usage ;;
  esac
  pom=$here/$1/pom.xml
  sources=("$here/common" "$here/$1")
  build=${ESPCAP_SUPPORT_BUILD:-$here/target}/$1${version:+-$version}
  of_version=()
  [[ -z $version ]] || of_version=("-D$1.version=$version")
  java_release=17
  [[ $1-$version != opensearch-[3-9].* ]] || java_release=21
  choose_java
}

# Sets java_bin: of $JAVA_HOME, or where the server needs a newer one, of the first that is new enough.
choose_java() {
  local home found
  java_bin=${JAVA_HOME:+$JAVA_HOME/bin/}
  [[ $java_release != 17 ]] || return 0
  for home in ${JAVA_HOME:+"$JAVA_HOME/"} /usr/lib/jvm/*/; do
    found=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "${home}release" 2>/dev/null) || continue
    [[ -x ${home}bin/javac && ${found:-0} -ge $java_release ]] || continue
    java_bin=${home}bin/
    return
  done
  die "this server needs Java $java_release; there is none in /usr/lib/jvm"
}

# True if the last build is newer than the sources and the jars it found are still there.
is_built() {
  local stamp=$build/built jars jar
  [[ -f $stamp && -f $build/classpath.txt && -f $build/launcher.jar ]] || return 1
  [[ -z $(find "${sources[@]}" -newer "$stamp" -print -quit) ]] || return 1
  IFS=: read -r -a jars <"$build/classpath.txt" || true # the file has no last newline
  for jar in "${jars[@]}"; do
    [[ -f $jar ]] || return 1
  done
}

# Fetches the jars and writes their class path.
run_maven() {
  # -U: a failure that Maven remembered from an earlier try must not outlive it.
  mvn -q -B -U -Dstyle.color=never -f "$pom" "${of_version[@]}" "$maven_plugin:build-classpath" -Dmdep.includeScope=runtime \
    "-Dmdep.outputFile=$build/classpath.txt" >"$build/maven.log" 2>&1
}

# In a jar, since Java archives no classes of a folder.
compile_launcher() {
  local java_files
  mapfile -t java_files < <(find "${sources[@]}" -name '*.java')
  rm -rf "$build/classes"
  "${java_bin}javac" --release "$java_release" -encoding UTF-8 -proc:none -nowarn -cp "$(<"$build/classpath.txt")" -d "$build/classes" \
    "${java_files[@]}" >"$build/javac.log" 2>&1 || return 1
  cp "$here/common/log4j2.xml" "$build/classes/"
  "${java_bin}jar" --create --file "$build/launcher.jar" -C "$build/classes" . >>"$build/javac.log" 2>&1
}

# What a start loads is kept as Java maps it: the next one needs half of the processor time. Java itself passes over an
# archive that doesn't fit, so it is left out where it can't be made.
archive_classes() {
  local home=$build/archiving port=0 settings=() stop_seconds=$archive_seconds
  local java_options=("-XX:ArchiveClassesAtExit=$build/classes.jsa.next" -Xlog:disable)
  rm -rf "$home" "$build"/classes.jsa*
  mkdir -p "$home"
  start_node >/dev/null
  end_node TERM
  remove_home
  mv "$build/classes.jsa.next" "$build/classes.jsa"
}

is_network_failure() {
  grep -Eqi 'could not (be )?(transfer|resolve)|timed out|unknown host|connection (reset|refused)|no route to host' \
    "$build/maven.log"
}

build_locked() {
  is_built && return
  command -v mvn >/dev/null || die 'Maven is missing (Debian: maven openjdk-17-jdk-headless)'
  # The stamp gets the time before the build, so that a source edited during it counts as newer.
  touch "$build/built.next"
  if ! run_maven && ! { is_network_failure && sleep 5 && run_maven; }; then
    cat "$build/maven.log" >&2
    die "Maven did not find the jars of $pom"
  fi
  compile_launcher || { cat "$build/javac.log" >&2 && die 'the launcher does not compile'; }
  (archive_classes) || say 'the classes are not archived: each start takes longer'
  mv "$build/built.next" "$build/built"
}

# One build at a time: the next caller waits, and then finds it done.
ensure_built() {
  mkdir -p "$build"
  build=$(cd -- "$build" && pwd) # Maven would take a relative path from the source folder
  (
    flock -w 900 9 || die 'another build does not end'
    build_locked
  ) 9>"$build/lock"
}

# --- the process -----------------------------------------------------------------------------------------------------

# Prints the process id of the node that runs on $home, or fails. An id alone can have passed to another process.
running_pid() {
  local pid argv
  [[ -f $home/server.pid ]] && read -r pid <"$home/server.pid" || return 1
  { mapfile -d '' -t argv <"/proc/$pid/cmdline"; } 2>/dev/null || return 1
  [[ " ${argv[*]} " == *".EspcapTestNode --home $home "* ]] || return 1
  printf '%s\n' "$pid"
}

# True once the process holds no file, port or lock any more. It then is no more than an entry that nobody has reaped,
# and stays so for good where no init process reaps; while it ends, a thread can outlive the first one.
is_gone() {
  local stat tasks
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  tasks=("/proc/$1/task"/*)
  [[ ${stat##*) } == Z* && ${#tasks[@]} -eq 1 ]]
}

# wait_until_gone PID: fails if it is still there after $stop_seconds.
wait_until_gone() {
  local end=$((SECONDS + stop_seconds))
  until is_gone "$1"; do
    ((SECONDS <= end)) || return 1
    sleep 0.1
  done
}

# end_node SIGNAL: sends it to the node, if one runs on $home, and returns when there is none.
end_node() {
  local pid
  if pid=$(running_pid); then
    kill -"$1" "$pid" 2>/dev/null || true
    if ! wait_until_gone "$pid"; then
      say "no end after $stop_seconds s: killing process $pid"
      kill -KILL "$pid" 2>/dev/null || true
      wait_until_gone "$pid" || die "process $pid cannot be killed"
    fi
  fi
  rm -f "$home/server.pid" "$home/server.port"
}

# Replaces this shell with the JVM, in a session of its own and holding nothing of the caller's.
exec_node() {
  local fd heap=${ESPCAP_SERVER_HEAP:-512m}
  # An inherited pipe or lock would stay open as long as the node runs, and make its owner wait.
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    ((fd <= 2)) || eval "exec $fd>&-"
  done
  # As both servers' own scripts have it for small heaps: garbage is collected before their circuit breaker counts it.
  local collector=(-XX:+UseG1GC -XX:G1HeapRegionSize=4m -XX:InitiatingHeapOccupancyPercent=30 -XX:G1ReservePercent=15)
  exec setsid nohup "${java_bin}java" "-Xms$heap" "-Xmx$heap" "${collector[@]}" -XX:TieredStopAtLevel=1 \
    -XX:+ExitOnOutOfMemoryError "-Djava.io.tmpdir=$home/tmp" "${java_options[@]}" \
    -cp "$build/launcher.jar:$(<"$build/classpath.txt")" \
    "$main_class" --home "$home" --port "$port" "$@" </dev/null >>"$home/server.log" 2>&1
}

mounted_at() { awk -v place="$1" '$2 == place {found = 1} END {exit !found}' /proc/mounts; }

# Java finds no file store below a root directory that is no mount point (a plain chroot), and the node then
# refuses to start: its data get a file system of their own there. It stays until `remove`.
give_data_a_file_store() {
  mkdir -p "$home/data"
  if mounted_at / || mounted_at "$home/data"; then return; fi
  mount -t tmpfs tmpfs "$home/data"
}

remove_home() {
  if mounted_at "$home/data"; then umount "$home/data"; fi
  rm -rf "$home"
}

# REQUIRES: built.
start_node() {
  local pid end line setting arguments=()
  # A node that was killed a moment ago may still be ending.
  end=$((SECONDS + 2))
  while pid=$(running_pid); do
    ((SECONDS <= end)) || die "already running on $home as process $pid"
    sleep 0.1
  done
  for setting in "${settings[@]}"; do
    arguments+=(-E "$setting")
  done
  # Made anew: a killed node leaves files in it.
  rm -rf "$home/tmp" "$home/server.port"
  mkdir -p "$home/tmp"
  give_data_a_file_store
  [[ ! -f $home/server.log ]] || mv "$home/server.log" "$home/server.log.1"
  : >"$home/server.log"

  exec_node "${arguments[@]}" &
  pid=$!
  printf '%s\n' "$pid" >"$home/server.pid"
  trap 'kill -KILL "$pid" 2>/dev/null || true; exit 1' INT TERM HUP
  end=$((SECONDS + start_seconds))
  until line=$(grep -m 1 '^listening on ' "$home/server.log"); do
    if ! kill -0 "$pid" 2>/dev/null; then
      fail_start "the node did not start"
    elif ((SECONDS > end)); then
      kill -KILL "$pid" 2>/dev/null || true
      fail_start "the node does not listen after $start_seconds s"
    fi
    sleep 0.1
  done
  printf '%s\n' "${line##*:}" >"$home/server.port"
  printf 'http://127.0.0.1:%s\n' "${line##*:}"
}

fail_start() {
  rm -f "$home/server.pid"
  tail -n 40 "$home/server.log" >&2
  die "$1; the whole log is $home/server.log"
}

# --- the command line ------------------------------------------------------------------------------------------------

home='' port=0 server=elasticsearch settings=() java_options=()

parse_options() {
  while (($# > 0)); do
    [[ $# -ge 2 ]] || usage
    case $1 in
      --home) home=$2 ;;
      --port) port=$2 ;;
      --server) server=$2 ;;
      -E) settings+=("$2") ;;
      *) usage ;;
    esac
    shift 2
  done
  choose_server "$server"
}

main() {
  local command=${1:-}
  [[ $# -eq 0 ]] || shift
  case $command in
    build)
      parse_options "$@"
      ensure_built
      ;;
    start)
      parse_options "$@"
      [[ -n $home ]] || usage
      mkdir -p "$home"
      home=$(cd -- "$home" && pwd -P)
      ensure_built
      [[ ! -f $build/classes.jsa ]] || java_options=("-XX:SharedArchiveFile=$build/classes.jsa" -Xlog:cds=off)
      start_node
      ;;
    stop | kill | remove)
      parse_options "$@"
      [[ -n $home ]] || usage
      [[ -d $home ]] || return 0
      home=$(cd -- "$home" && pwd -P)
      case $command in
        stop) end_node TERM ;;
        remove) end_node TERM && remove_home ;;
        kill) end_node KILL ;;
      esac
      ;;
    *) usage ;;
  esac
}

main "$@"
