// `.ci/run`: what tests need of Maven and pip, downloaded while packages are installed and the build runs, by
// whatever Node the machine has. `npm test` downloads what is missing itself.
import { kafkaPrograms } from './services/kafka-programs.mjs';
import { schemathesis } from './services/schemathesis.mjs';

await Promise.all([kafkaPrograms(), schemathesis()]);
