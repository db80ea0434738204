import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboards, fileOf } from '../../grafana/dashboards.js';

const FOLDER = 'grafana/dashboards';
const files = globSync(`${FOLDER}/*/*.json`).map((file) => file.slice(FOLDER.length + 1));
const COLUMNS = 24;
/** What Grafana itself gives a query. */
const BUILT_IN = /^(__\w+)$/;

interface Ref {
  type: string;
  uid: string;
}

interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: Ref;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; datasource: Ref; rawSql?: string; expr?: string }[];
}

interface Dashboard {
  uid: string;
  title: string;
  templating: { list: { name: string; datasource: Ref; query: string }[] };
  panels: Panel[];
}

const provisioned = (
  parse(readFileSync('grafana/provisioning/datasources/sightline.yml', 'utf8')) as { datasources: Ref[] }
).datasources;

function read(file: string): Dashboard {
  return JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Dashboard;
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

it('what is committed is what the code makes: npm run grafana:dashboards writes it', () => {
  expect(files.sort()).toEqual(Object.keys(dashboards).sort());
  for (const [file, dashboard] of Object.entries(dashboards)) {
    expect(readFileSync(`${FOLDER}/${file}`, 'utf8')).toBe(fileOf(dashboard));
  }
});

it('the uids that others link to', () => {
  const uids = files.map((file) => `${file.split('/')[0]}: ${read(file).uid}`);
  expect(uids.sort()).toEqual([
    'common: analytics-overview',
    'common: kafka',
    'common: server-metrics',
    'mysql: access-logs',
    'postgres: access-logs',
  ]);
});

it('the providers have a folder for each dashboard, one of the two access-logs at a time', () => {
  const { providers } = parse(readFileSync('grafana/provisioning/dashboards/sightline.yml', 'utf8')) as {
    providers: { options: { path: string } }[];
  };
  const paths = providers.map(({ options }) => options.path.replace('/etc/grafana/dashboards/', ''));
  expect(paths).toEqual(['common', '${ACCESS_STORE}']);
});

describe.each(files)('%s', (file) => {
  const dashboard = read(file);
  const queried = dashboard.panels.filter(({ type }) => type !== 'row');

  it('has panels of their own ids and titles on a grid where none covers another', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [k, panel] of panels.entries()) {
      expect(panel.title).not.toBe('');
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(COLUMNS);
      for (const other of panels.slice(k + 1)) {
        expect([panel.title, other.title, overlap(panel, other)]).toEqual([panel.title, other.title, false]);
      }
    }
  });

  it('asks datasources that are provisioned', () => {
    const refs = [
      ...queried.flatMap(({ datasource, targets }) => [
        datasource!,
        ...targets!.map((target) => target.datasource),
      ]),
      ...dashboard.templating.list.map(({ datasource }) => datasource),
    ];
    expect(queried.every(({ targets }) => targets!.length > 0)).toBe(true);
    for (const { type, uid } of refs)
      expect(provisioned).toContainEqual(expect.objectContaining({ type, uid }));
  });

  it('has queries with ids of their own that use variables which are there', () => {
    const names = dashboard.templating.list.map(({ name }) => name);
    const used = new Set<string>();
    for (const { targets } of queried) {
      expect(new Set(targets!.map(({ refId }) => refId)).size).toBe(targets!.length);
      for (const { rawSql, expr } of targets!) {
        for (const [, braced, plain] of `${rawSql}${expr}`.matchAll(/\$(?:\{(\w+)[^}]*\}|(\w+))/g)) {
          // ${1} is a group of a regular expression of label_replace
          const name = braced ?? plain;
          if (!BUILT_IN.test(name) && !/^\d+$/.test(name)) used.add(name);
        }
      }
    }
    expect([...used].sort()).toEqual([...names].sort());
  });
});
