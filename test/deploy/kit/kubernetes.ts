import * as operator from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import ts from 'typescript';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

const MODULES: Record<string, [string, object]> = {
  v1: ['kubernetes-models/v1', core],
  'apps/v1': ['kubernetes-models/apps/v1', apps],
  'autoscaling/v2': ['kubernetes-models/autoscaling/v2', autoscaling],
  'batch/v1': ['kubernetes-models/batch/v1', batch],
  'networking.k8s.io/v1': ['kubernetes-models/networking.k8s.io/v1', networking],
  'policy/v1': ['kubernetes-models/policy/v1', policy],
  'monitoring.coreos.com/v1': ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1', operator],
};

/** Checks values against the schema of the API. @throws for a wrong one, or a kind that there is not */
export function validate(manifest: Manifest): void {
  const kinds = MODULES[manifest.apiVersion]?.[1] as Record<
    string,
    new (data: Manifest) => { validate(): void }
  >;
  if (!kinds?.[manifest.kind]) throw new Error(`no ${manifest.kind} in ${manifest.apiVersion}`);
  new kinds[manifest.kind](manifest).validate();
}

/**
 * Fields that the API does not know, which its schemas let pass: each manifest becomes a literal of its type,
 * and the compiler tells what is too much.
 */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const lines = manifests.flatMap((manifest, index) => {
    const type = `import('${MODULES[manifest.apiVersion][0]}').I${manifest.kind}`;
    return `export const m${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const name = `${process.cwd()}/test/deploy/manifests.ts`;
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  host.fileExists = (file) => file === name || ts.sys.fileExists(file);
  host.readFile = (file) => (file === name ? lines.join('\n') : ts.sys.readFile(file));
  const program = ts.createProgram([name], options, host);
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(name))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
