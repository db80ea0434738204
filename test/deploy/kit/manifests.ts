import { globSync } from 'node:fs';
import path from 'node:path';
import { yamlDocuments } from './files.js';
import type { Manifest } from './kubernetes.js';

export interface Kustomization {
  namespace: string;
  resources: string[];
  patches?: { path: string }[];
  images?: { name: string; newTag: string }[];
}

export const kustomizations = globSync('k8s/**/kustomization.yaml');

/** Everything else but secret.yaml, which is somebody's own. */
export const files = globSync('k8s/**/*.yaml').filter(
  (file) => ![...kustomizations, 'k8s/secret.yaml'].includes(file),
);

/** What files have, but for lists of changes: these are no manifests. */
export function manifestsIn(names: readonly string[]): Manifest[] {
  return names.flatMap(yamlDocuments).filter((document): document is Manifest => !Array.isArray(document));
}

/** The manifest of a kind in a folder. @throws unless there is one */
export function one<T>(kind: string, ...folders: string[]): T {
  const there = files.filter((file) => folders.includes(path.dirname(file)));
  const found = manifestsIn(there).filter((manifest) => manifest.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} of kind ${kind} in ${folders.join(', ')}`);
  return found[0] as T;
}
