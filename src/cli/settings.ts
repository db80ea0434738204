import { Option, type Command } from 'commander';
import { envExample, settingsMarkdown } from './setting-text.js';

const FORMATS = { env: envExample, markdown: settingsMarkdown };

/** `sightline settings`: what .env.example and docs/settings.md are written with. */
export function registerSettings(program: Command): void {
  const format = new Option('--format <format>', 'output format')
    .choices(Object.keys(FORMATS))
    .default('env');
  program
    .command('settings')
    .description('print every setting with its default, as a .env file')
    .addOption(format)
    .action((options: { format: keyof typeof FORMATS }) => {
      process.stdout.write(FORMATS[options.format]());
    });
}
