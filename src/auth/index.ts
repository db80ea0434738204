/** What routes need of auth. */
export { actorOf, CurrentActor, CurrentCaller, Public, RequireScope } from './access.js';
export { TakesBeacons } from './beacon.js';
export type {} from './caller-property.js';
