import type { Command } from 'commander';
import { DEFAULT_PROJECT } from '../core/api-key.js';
import { operator } from './operator.js';
import { withKeys, type KeyDesk } from './keys/key-desk.js';
import type { KeyOptions } from './keys/key-request.js';
import { addSettings, readCommandConfig } from './setting-option.js';

/** `sightline keys create|list|rotate|revoke`. A running server knows of a change within a second. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('make, list, rotate and revoke API keys');
  registerCreate(keys);
  const list = keys.command('list').description('list keys, with their use and state');
  list.option('--project <name>', 'only the keys of this project');
  act(list, async (desk) => {
    const { project } = list.opts<{ project?: string }>();
    desk.show(await desk.listAll(project ?? null));
  });
  const rotate = keys.command('rotate').argument('<id>');
  rotate.description('give a key a successor; the old one works on for API_KEY_ROTATION_GRACE_HOURS');
  act(rotate, async (desk, id) => desk.showNew(await desk.keys.rotate(id, null, operator())));
  const revoke = keys.command('revoke').argument('<id>').description('revoke a key for good');
  act(revoke, async (desk, id) => desk.show([await desk.keys.revoke(id, null, operator())]));
}

function registerCreate(keys: Command): void {
  const create = keys.command('create').description('make a key and print it, this once');
  create
    .requiredOption('--name <name>', 'what the key is for')
    .option('--project <name>', 'made when there is none of this name', DEFAULT_PROJECT)
    .option('--scopes <list>', 'of ingest, query and admin, by comma', 'ingest,query')
    .option('--expires-at <time>', 'RFC 3339; without it the key does not expire')
    .option('--rate-limit <n>', 'requests a minute, for each client address')
    .option('--self-rotate', 'the key may rotate itself; not for an app that others can take apart');
  act(create, async (desk) => {
    // class-validator is slow to load, and no other command needs it
    const { keyRequest } = await import('./keys/key-request.js');
    const request = await keyRequest(create.opts<KeyOptions>());
    desk.showNew(await desk.keys.create(request, DEFAULT_PROJECT, operator()));
  });
}

function act(command: Command, work: (desk: KeyDesk, id: string) => Promise<void>): void {
  addSettings(command.option('--json', 'print JSON'), ['Database', 'Keys and limits']);
  command.action(async (id: unknown) => {
    const config = readCommandConfig(command);
    const json = command.opts<{ json?: boolean }>().json ?? false;
    await withKeys(config, json, (desk) => work(desk, String(id)));
  });
}
