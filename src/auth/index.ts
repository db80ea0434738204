/** What routes need of auth. */
export { CurrentCaller, Public, RequireScope } from './access.js';
export type {} from './caller-property.js';
