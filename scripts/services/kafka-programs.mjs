import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { programOf } from './debian.mjs';

const POM = path.resolve(import.meta.dirname, 'kafka.pom.xml');
const CACHE = path.resolve(import.meta.dirname, '../../.cache/kafka');
const OLDEST = [4, 2];

/** Java and the jars of a broker with its tools; undefined where there are none. */
export async function kafkaPrograms() {
  const jars = jarsOnThisMachine() ?? (await jarsFromMaven());
  const java = jars && (onPath('java') ?? (await programOf('/usr/bin/java', 'default-jre-headless')));
  return java ? { java, jars } : undefined;
}

/** Of a distribution as Apache packs it: where KAFKA_HOME says, around the programs on the PATH, or in /opt/kafka. */
function jarsOnThisMachine() {
  const start = onPath('kafka-server-start.sh');
  const homes = [process.env.KAFKA_HOME, start && path.resolve(realpathSync(start), '../..'), '/opt/kafka'];
  return homes
    .filter(Boolean)
    .map((home) => path.join(home, 'libs'))
    .find(isNewEnough);
}

function isNewEnough(libs) {
  const names = existsSync(libs) ? readdirSync(libs) : [];
  const jar = names.find((name) => /^kafka_.*\.jar$/.test(name));
  const [major, minor] = jar
    ?.match(/-(\d+)\.(\d+)[^/]*$/)
    ?.slice(1)
    .map(Number) ?? [0, 0];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The versions of kafka.pom.xml, kept in .cache. Only what is whole gets the name: an interrupted download is made anew. */
async function jarsFromMaven() {
  const jars = path.join(CACHE, createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 16));
  if (existsSync(jars)) return jars;
  const maven = onPath('mvn') ?? (await programOf('/usr/bin/mvn', 'maven'));
  if (!maven) return undefined;
  console.log('installing kafka (maven)');
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const target = `${jars}.part`;
  const options = ['-B', '-q', '-C', '-Dstyle.color=never', '-f', POM, `-DoutputDirectory=${target}`];
  try {
    await promisify(execFile)(maven, [...options, '-DincludeScope=runtime', 'dependency:copy-dependencies']);
  } catch ({ stdout, code }) {
    console.error(`mvn failed: ${stdout?.trim().split('\n')[0] || code}`);
    return undefined;
  }
  renameSync(target, jars);
  return jars;
}

function onPath(program) {
  const folders = (process.env.PATH ?? '').split(':').filter(Boolean);
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}
