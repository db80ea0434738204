#!/bin/sh
# Starts the server with PostgreSQL, Redis, Prometheus and Grafana in Docker, and waits until they answer.
# More of it: COMPOSE_PROFILES=loki scripts/start-with-grafana.sh   (profiles: loki, mysql)
set -eu
cd "$(dirname "$0")/.."

WAIT_SECONDS=${WAIT_SECONDS:-300}
SERVICES='sightline prometheus grafana'

fail() {
  echo "start-with-grafana: $1" >&2
  exit 1
}

secret() {
  od -An -v -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# Adds a line to .env unless it is there: what somebody chose, or an earlier start made, stays.
keep() {
  if grep -q "^$1=" .env; then return; fi
  printf '%s=%s\n' "$1" "$2" >> .env
}

# The value in the environment goes before the one in .env, as for docker compose.
setting() {
  eval "given=\${$1:-}"
  if [ -z "$given" ]; then given=$(sed -n "s/^$1=//p" .env | tail -n 1); fi
  echo "${given:-$2}"
}

prepare_env() {
  umask 077
  touch .env
  chmod go-rwx .env
  # A last line without its end would swallow the first of ours.
  if [ -s .env ] && [ -n "$(tail -c 1 .env)" ]; then echo >> .env; fi
  files=docker-compose.yml:docker-compose.monitoring.yml
  if [ -f docker-compose.override.yml ]; then files=$files:docker-compose.override.yml; fi
  # Later `docker compose` commands mean the same containers then.
  keep COMPOSE_FILE "$files"
  keep GRAFANA_ADMIN_PASSWORD "$(secret)"
  keep GRAFANA_DB_PASSWORD "$(secret)"
}

health() {
  container=$(docker compose ps --all --quiet "$1")
  [ -n "$container" ] && docker inspect --format '{{.State.Health.Status}}' "$container" || echo missing
}

wait_for() {
  waited=0
  until [ "$(health "$1")" = healthy ]; do
    if [ "$waited" -ge "$WAIT_SECONDS" ]; then
      docker compose logs --tail 30 "$1" >&2 || true
      fail "$1 is not healthy after $WAIT_SECONDS seconds; its last lines are above"
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

command -v docker > /dev/null || fail 'docker is not installed: https://docs.docker.com/get-docker/'
docker compose version > /dev/null 2>&1 || fail 'docker compose (version 2 or newer) is not installed'
docker info > /dev/null 2>&1 || fail 'the Docker daemon does not answer: is it running, and may you use it?'
prepare_env
docker compose up --detach --build
for service in $SERVICES; do wait_for "$service"; done

cat << END

  Sightline   http://127.0.0.1:$(setting PORT 8080)
  Grafana     http://127.0.0.1:$(setting GRAFANA_PORT 3000)   (user admin, GRAFANA_ADMIN_PASSWORD of .env)
  Prometheus  http://127.0.0.1:$(setting PROMETHEUS_PORT 9090)

  The key to log in with, unless API_KEYS gave some:  docker compose exec sightline cat /data/api-key
  Stop, and keep the data:                            docker compose down

END
