# What starts servers and stops them, for run and clients/run. Both have set scratch to the directory for what tests write.

say() { printf '\n-- %s\n' "$*"; }
die() { printf 'e2e: %s\n' "$*" >&2; exit 1; }

# The key that all servers take, and that all tests bring.
export OPENLOOP_API_KEY=hl_sk_e2e_0123456789abcdef

servers=() pids=()
# stop ends what was started, the servers first and gracefully.
stop() {
  local status=$?
  trap - EXIT
  for pid in "${servers[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" || { echo "e2e: a server ended with $?" >&2 && status=1; }
  done
  for pid in "${pids[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
  done
  if [ "$status" != 0 ] && compgen -G "$scratch/server-*.log" >/dev/null; then
    say "the ends of the servers' logs"
    tail -n 40 "$scratch"/server-*.log
  fi
  exit "$status"
}

# await URL waits until it answers with 200.
await() {
  node -e '
    const deadline = Date.now() + 30_000;
    const poll = () => fetch(process.argv[1]).then((r) => r.ok || Promise.reject(r.status)).catch((e) => {
      if (Date.now() > deadline) { console.error(`${process.argv[1]}: ${e}`); process.exit(1); }
      setTimeout(poll, 50);
    });
    poll();' "$1"
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# start_server VARIABLE NAME [SETTING...] starts a server on an empty data directory and puts its URL into the variable. It sees
# nothing of the environment and the home of who runs this.
start_server() {
  local port
  port=$(free_port)
  export "$1=http://127.0.0.1:$port"
  say "the server, $2, at ${!1}"
  rm -rf "$scratch/data-$2"
  mkdir -p "$scratch/home"
  env -i HOME="$scratch/home" OPENLOOP_API_KEY="$OPENLOOP_API_KEY" OPENLOOP_ADDR=127.0.0.1:"$port" OPENLOOP_DATA_DIR="$scratch/data-$2" OPENLOOP_SHED=false \
    AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true VERTEX_AI_PROJECT=e2e "${@:3}" \
    bin/openloop serve >"$scratch/server-$2.log" 2>&1 &
  servers+=($!)
  await "${!1}/ready"
}
