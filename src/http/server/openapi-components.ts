import type { OpenAPIObject } from '@nestjs/swagger';
import { COMPONENT_NAME } from '../query/openapi.js';

type Node = Record<string, unknown>;

/** Keywords whose keys are names, not keywords: a property may be called `title`. */
const MAPS = new Set(['properties', 'patternProperties', 'headers', 'content', 'responses']);
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);
const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/**
 * The document with every schema that has a `title` as a component of that name, and every answer that several routes share
 * likewise: a failure that is written out for each route made it four times as large.
 */
export function withComponents(document: OpenAPIObject): OpenAPIObject {
  const schemas: Node = {};
  const paths = refer(document.paths, schemas) as OpenAPIObject['paths'];
  const responses = shareFailures(paths);
  for (const operation of operationsOf(paths)) {
    describeCaller(operation);
    allowEmptyValues(operation);
  }
  return {
    ...document,
    paths,
    components: {
      ...document.components,
      schemas: sorted({ ...closed(document.components?.schemas, paths), ...schemas }),
      responses,
      parameters: { Project: PROJECT },
    } as OpenAPIObject['components'],
  };
}

function refer(node: unknown, schemas: Node): unknown {
  if (Array.isArray(node)) return node.map((one) => refer(one, schemas));
  if (!isNode(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => {
    if (DATA.has(key)) return [key, value];
    if (MAPS.has(key) && isNode(value)) return [key, mapped(value, schemas)];
    return [key, refer(value, schemas)];
  });
  const made = Object.fromEntries(entries) as Node;
  const { title, ...schema } = made;
  if (typeof title !== 'string') return made;
  schemas[title] = schema;
  return { $ref: `#/components/schemas/${title}` };
}

function mapped(map: Node, schemas: Node): Node {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, refer(value, schemas)]));
}

/** Each failure that stands more than once: once among the components, under its own name or its status. */
function shareFailures(paths: OpenAPIObject['paths']): Node {
  const uses = new Map<string, { name: string; status: string; response: Node; places: Node[] }>();
  for (const { responses } of operationsOf(paths)) {
    for (const [status, { [COMPONENT_NAME]: name = `Failure${status}`, ...response }] of Object.entries(
      responses as Record<string, Node>,
    )) {
      if (Number(status) < 400) continue;
      (responses as Node)[status] = response;
      const text = `${status} ${JSON.stringify(response)}`;
      const use = uses.get(text) ?? { name: name as string, status, response, places: [] };
      use.places.push(responses as Node);
      uses.set(text, use);
    }
  }
  const shared: Node = {};
  for (const { name, status, response, places } of uses.values()) {
    if (places.length < 2) continue;
    if (shared[name] !== undefined) throw new Error(`two answers are called ${name}: see ApiNotFound`);
    shared[name] = response;
    for (const responses of places) responses[status] = { $ref: `#/components/responses/${name}` };
  }
  return shared;
}

/** What `QueryPipe` does: a parameter left empty counts as not given. */
function allowEmptyValues({ parameters = [] }: Node): void {
  for (const parameter of parameters as Node[]) {
    const optional = parameter.in === 'query' && parameter.required !== true;
    if (optional && parameter.style === undefined) parameter.allowEmptyValue = true;
  }
}

/** What goes for every route with a key: it comes in either header, has this scope, and an admin's may act on any project. */
function describeCaller(operation: Node): void {
  if (operation.security === undefined) return;
  // The route's own stands behind that of its controller.
  const { key: scopes } = (operation.security as Record<string, string[]>[]).at(-1)!;
  operation.security = [{ key: scopes }, { bearer: scopes }];
  const needed = scopes.map((scope) => ` with the scope \`${scope}\``).join('');
  operation.description = `${operation.description as string} Needs a key${needed}.`;
  const parameters = (operation.parameters ?? []) as Node[];
  if (parameters.some(({ name }) => name === 'project')) return;
  operation.parameters = [...parameters, { $ref: '#/components/parameters/Project' }];
}

const PROJECT = {
  name: 'project',
  in: 'query',
  required: false,
  allowEmptyValue: true,
  description: 'Project to act on, for a key with scope admin; default: the key’s own',
  schema: { type: 'string', maxLength: 64 },
};

function operationsOf(paths: OpenAPIObject['paths']): Node[] {
  return Object.values(paths).flatMap((item) =>
    Object.entries(item as Node)
      .filter(([method]) => METHODS.has(method))
      .map(([, operation]) => operation as Node),
  );
}

/** Bodies that a class describes are checked against it: a field that is not listed is refused. Answers may get more fields. */
function closed(schemas: object = {}, paths: OpenAPIObject['paths']): Node {
  const bodies = JSON.stringify(operationsOf(paths).map(({ requestBody }) => requestBody));
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) =>
      bodies.includes(`"#/components/schemas/${name}"`)
        ? [name, { ...schema, additionalProperties: false }]
        : [name, schema],
    ),
  );
}

function sorted(map: Node): Node {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
