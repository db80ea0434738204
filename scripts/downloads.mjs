// `.ci/run`: what tests need of Maven and pip, downloaded while `npm ci` and the build have the other half of the machine, by
// whatever Node the machine has. `npm test` downloads what is missing itself.
import { kafkaPrograms } from './services/kafka-programs.mjs';
import { schemathesis } from './services/schemathesis.mjs';

await Promise.all([kafkaPrograms(), schemathesis()]);
