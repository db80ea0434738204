# The usual targets, for those who have them in their fingers. Each is a script of package.json, or of Docker: `make help`.
# Flags go in ARGS: make run ARGS='--port 9000'
ARGS ?=
IMAGE ?= sightline
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help build run dev test check format coverage bench load-test migrate-up migrate-down migrate-status docker-build docker-run up down

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

build: ## compile the server and the dashboard
	npm run build

run: ## build what is stale, and serve
	npm start -- $(ARGS)

dev: ## serve, and restart after each change
	npm run dev -- $(ARGS)

test: ## every suite; one of them: make test ARGS='--only unit'
	npm test -- $(ARGS)

check: ## format, lint, types, unused code, import rules
	npm run check

format: ## write the format that check asks for
	npm run format

coverage: ## every suite once, with coverage
	npm run coverage

bench: ## the measurements of docs/benchmarks.md
	npm run bench

load-test: ## events to the server on this machine for half a minute, each accounted for
	npm run generate -- $(or $(ARGS),--rps 200 --duration 30)

migrate-up: ## bring the database up to date
	npm run migrate -- up $(ARGS)

migrate-down: ## take the newest migration back; asks
	npm run migrate -- down $(ARGS)

migrate-status: ## list applied and pending migrations
	npm run migrate -- status $(ARGS)

docker-build: ## build the image
	docker build -t $(IMAGE) .

docker-run: docker-build ## build and run the image, with a database of its own in a volume
	docker run --rm --init -p $(PORT):8080 -v sightline:/data $(IMAGE) $(ARGS)

up: ## the server with PostgreSQL and Redis, in containers
	docker compose up -d

down: ## stop them
	docker compose down
