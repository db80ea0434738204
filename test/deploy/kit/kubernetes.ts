import ts from 'typescript';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

/** What operators add to the API. */
const PACKAGES: Record<string, string> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

/** The module of one kind: a whole group would load hundreds of files. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  return `${PACKAGES[apiVersion.split('/')[0]] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

type Kinds = Record<string, new (data: Manifest) => { validate(): void }>;

/** Checks values against the schema of the API. @throws for a wrong one, or a kind that there is not */
export async function validate(manifest: Manifest): Promise<void> {
  const kinds = (await import(moduleOf(manifest))) as Kinds;
  new kinds[manifest.kind](manifest).validate();
}

/**
 * Fields that the API does not know, which its schemas let pass: each manifest becomes a literal of its type,
 * and the compiler tells what is too much.
 */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const lines = manifests.flatMap((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
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
