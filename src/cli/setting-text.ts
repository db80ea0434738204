import type { Setting } from '../config/setting.js';
import { settingGroups } from '../config/settings.js';

/** A default as one would write it; '' for none. */
export function shownDefault(setting: Setting<unknown>): string {
  const value = setting.default as string | number | boolean | readonly string[] | null;
  return value === null ? '' : value.toString();
}

const ENV_HEAD = `# Settings of Sightline, each with its default. Written by \`npm run docs:settings\` from src/config/settings.ts.
# Copy this to .env and set what you need; the environment and flags go before .env.
# A secret can also be read from a file: NAME_FILE=/path/to/file.

# YAML file of further settings; .env goes before it.
#CONFIG_FILE=
`;

/** The text of .env.example: every setting once. */
export function envExample(): string {
  return (
    ENV_HEAD +
    groups()
      .map(({ title, settings }) => `\n# --- ${title} ---\n${settings.map(envEntry).join('')}`)
      .join('')
  );
}

function envEntry(setting: Setting<unknown>): string {
  const accepts = setting.accepts === 'text' ? '' : `\n# ${sentence(setting.accepts)}`;
  const names = setting.aliases.length > 0 ? `\n# Also called ${setting.aliases.join(', ')}.` : '';
  return `\n# ${setting.help}${accepts}${names}\n#${setting.env}=${shownDefault(setting)}\n`;
}

const MARKDOWN_HEAD = `# Settings

Written by \`npm run docs:settings\` from \`src/config/settings.ts\`.

A setting is taken from the first of these that has it: a flag (\`--max-batch-size 500\`), the environment (\`MAX_BATCH_SIZE=500\`),
the file \`.env\` in the working directory, a YAML file (\`--config FILE\` or \`CONFIG_FILE\`), its default.
In YAML a setting may be written \`MAX_BATCH_SIZE\`, \`max_batch_size\` or \`max-batch-size\`, and a list as a YAML list; a key that is no setting is an error.

- A secret can also be read from a file: \`NAME_FILE=/path\` (the newline at its end is cut off). Giving both is an error.
- Blank is the same as not given; only for a list it means none.
- Seconds may be written with a unit: \`500ms\`, \`30s\`, \`2m\`, \`1h\`.
- A wrong setting ends the start with one line that names it, and never prints its value. The exit code is then 2.
- A setting is used or refused: one that does nothing without another (\`DB_PASSWORD\` without \`DB_HOST\`, \`ALLOWED_ORIGINS\` without \`ENABLE_CORS\`) is an error, unless it is what it is by default, or the other one is given and switches it off.
- Some settings have further names, for those who bring them; the setting's own name goes before them.
`;

/** The text of docs/settings.md. */
export function settingsMarkdown(): string {
  return (
    MARKDOWN_HEAD +
    groups()
      .map(({ title, settings }) => `\n## ${title}\n${TABLE_HEAD}${settings.map(tableRow).join('')}`)
      .join('')
  );
}

const TABLE_HEAD = `
| Setting | Accepts | Default | |
| --- | --- | --- | --- |
`;

function tableRow(setting: Setting<unknown>): string {
  const names = [setting.env, ...setting.aliases].map((name) => `\`${name}\``).join('<br>');
  const shown = shownDefault(setting);
  const cells = [
    names,
    setting.accepts,
    shown === '' ? '' : `\`${shown}\``,
    setting.help + (setting.secret ? ' Secret.' : ''),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function groups(): { title: string; settings: Setting<unknown>[] }[] {
  return Object.entries(settingGroups).map(([title, group]) => ({
    title,
    settings: Object.values<Setting<unknown>>(group),
  }));
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
