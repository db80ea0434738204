#!/bin/sh
# Starts the server with PostgreSQL, Redis, Prometheus and Grafana in Docker, and waits until they answer.
# More of it: COMPOSE_PROFILES=loki scripts/start-with-grafana.sh   (profiles: docker-compose.yml)
set -eu
cd "$(dirname "$0")/.."

WAIT_SECONDS=${WAIT_SECONDS:-300}
SERVICES='sightline prometheus grafana'

fail() {
  echo "start-with-grafana: $1" >&2
  exit 1
}

# The value in the environment goes before the one in .env, as for docker compose.
setting() {
  eval "given=\${$1:-}"
  if [ -z "$given" ]; then given=$(sed -n "s/^$1=//p" .env | tail -n 1); fi
  echo "${given:-$2}"
}

# Puts a line into .env, in the place of the one that was there.
put() {
  sed "/^$1=/d" .env > .env.new
  printf '%s=%s\n' "$1" "$2" >> .env.new
  cat .env.new > .env
  rm .env.new
}

prepare_env() {
  umask 077
  touch .env
  chmod go-rwx .env
  # A last line without its end would swallow the first of ours.
  if [ -s .env ] && [ -n "$(tail -c 1 .env)" ]; then echo >> .env; fi
  # An earlier version of this script named a file that is no more.
  if grep -q '^COMPOSE_FILE=.*docker-compose\.monitoring\.yml' .env; then
    put COMPOSE_FILE "$(sed -n 's/:docker-compose\.monitoring\.yml//; s/^COMPOSE_FILE=//p' .env | tail -n 1)"
  fi
  profiles=$(setting COMPOSE_PROFILES '')
  case ",$profiles," in
    *,monitoring,*) ;;
    *) profiles=${profiles:+$profiles,}monitoring ;;
  esac
  # Later `docker compose` commands mean the same containers then.
  if [ "$(sed -n 's/^COMPOSE_PROFILES=//p' .env | tail -n 1)" != "$profiles" ]; then put COMPOSE_PROFILES "$profiles"; fi
  export COMPOSE_PROFILES="$profiles"
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
  Grafana     http://127.0.0.1:$(setting GRAFANA_PORT 3000)   (user admin)
  Prometheus  http://127.0.0.1:$(setting PROMETHEUS_PORT 9090)

  Grafana's password, unless it was changed there:     docker compose exec grafana cat /run/passwords/grafana-admin
  The key to log in with, unless API_KEYS gave some:   docker compose exec sightline cat /data/api-key
  Stop, and keep the data:                             docker compose down

END
