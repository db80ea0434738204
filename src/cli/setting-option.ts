import { Option, type Command } from 'commander';
import { readConfig } from '../config/load.js';
import type { Setting } from '../config/setting.js';
import { settingGroups, settings, type Config } from '../config/settings.js';
import { shownDefault } from './settings.js';

export type SettingGroup = keyof typeof settingGroups;
const everyGroup = Object.keys(settingGroups) as SettingGroup[];

/** A flag that gives a setting. */
class SettingOption extends Option {
  constructor(
    readonly settingName: string,
    flags: string,
    help = '',
  ) {
    super(flags, help);
    if (help === '') this.hideHelp();
  }
}

/** Gives a command `--config` and a flag for every setting; help shows those of the groups that it is about. */
export function addSettings(command: Command, shown: readonly SettingGroup[] = everyGroup): Command {
  const file = new SettingOption('CONFIG_FILE', '--config <file>', 'YAML file of settings [CONFIG_FILE]');
  command.addOption(file.helpGroup('Settings:'));
  const listed = new Set<string>();
  for (const group of shown) {
    for (const setting of Object.values<Setting<unknown>>(settingGroups[group])) {
      listed.add(setting.env);
      command.addOption(valueOption(setting, helpText(setting)).helpGroup(`${group}:`));
    }
  }
  const all = Object.values<Setting<unknown>>(settings);
  for (const setting of all.filter(({ env }) => !listed.has(env))) command.addOption(valueOption(setting));
  for (const { env } of all.filter((setting) => setting.secret)) {
    command.addOption(new SettingOption(`${env}_FILE`, `--${flagName(env)}-file <file>`));
  }
  return command;
}

/** The settings of this process with the flags of this command. @throws ConfigError */
export function readCommandConfig(command: Command): Config {
  const flags: Record<string, string> = {};
  for (const option of command.options) {
    const value = command.getOptionValue(option.attributeName()) as string | true | undefined;
    // A boolean flag without a value means true.
    if (option instanceof SettingOption && value !== undefined) flags[option.settingName] = String(value);
  }
  return readConfig(flags);
}

function valueOption(setting: Setting<unknown>, help?: string): SettingOption {
  const value = typeof setting.default === 'boolean' ? '[true|false]' : '<value>';
  return new SettingOption(setting.env, `--${flagName(setting.env)} ${value}`, help);
}

function helpText(setting: Setting<unknown>): string {
  const isChoice = typeof setting.default === 'string' && setting.accepts.includes('|');
  const choices = isChoice ? `: ${setting.accepts}` : '';
  const shown = shownDefault(setting);
  return `${setting.help} [${setting.env}${choices}${shown === '' ? '' : `, default ${shown}`}]`;
}

function flagName(env: string): string {
  return env.toLowerCase().replaceAll('_', '-');
}
