import type { Command } from 'commander';
import { DEFAULT_PROJECT } from '../core/ports/api-key.js';
import { withKeys, type KeyDesk } from './keys/key-desk.js';
import type { KeyOptions } from './keys/key-request.js';
import { act } from './listing.js';
import { operator } from './operator.js';

/** `sightline keys create|list|rotate|revoke`. A running server knows of a change within a second. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('create, list, rotate and revoke API keys');
  registerCreate(keys);
  const list = keys.command('list').description('list keys with their usage and state');
  list.option('--project <name>', 'only the keys of this project');
  actOn(list, async (desk) => {
    const { project } = list.opts<{ project?: string }>();
    desk.show(await desk.listAll(project ?? null));
  });
  const rotate = keys.command('rotate').argument('<id>');
  rotate.description('rotate a key; the old one keeps working for API_KEY_ROTATION_GRACE_HOURS');
  actOn(rotate, async (desk, id) => desk.showNew(await desk.keys.rotate(id, null, operator())));
  const revoke = keys.command('revoke').argument('<id>').description('revoke a key permanently');
  actOn(revoke, async (desk, id) => desk.show([await desk.keys.revoke(id, null, operator())]));
}

function registerCreate(keys: Command): void {
  const create = keys.command('create').description('create a key and print it (it is shown only once)');
  create
    .requiredOption('--name <name>', 'what the key is for')
    .option('--project <name>', 'created if it does not exist', DEFAULT_PROJECT)
    .option('--scopes <list>', 'comma-separated list of ingest, query and admin', 'ingest,query')
    .option('--expires-at <time>', 'RFC 3339 time; by default the key does not expire')
    .option('--rate-limit <n>', 'requests per minute for each client address')
    .option('--self-rotate', 'allow the key to rotate itself; not for keys shipped in an app');
  actOn(create, async (desk) => {
    // class-validator is slow to load, and no other command needs it
    const { keyRequest } = await import('./keys/key-request.js');
    const request = await keyRequest(create.opts<KeyOptions>());
    desk.showNew(await desk.keys.create(request, DEFAULT_PROJECT, operator()));
  });
}

function actOn(command: Command, work: (desk: KeyDesk, id: string) => Promise<void>): void {
  act(command, ['Database', 'Keys and limits'], (config, { json = false }, id) =>
    withKeys(config, json, (desk) => work(desk, String(id))),
  );
}
