/** What routes need of auth. */
export { CurrentCaller, Public, RequireKey, RequireScope } from './access.js';
export type {} from './caller-property.js';
