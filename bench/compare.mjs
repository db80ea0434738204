// Builds of the server side by side, a second each in turns: `node bench/compare.mjs event|entry DIST DIST …` prints requests a
// second of single ingest, against bare Fastify and against the first build. A build is a copy of `dist` within the checkout.
import { makeDataDir, median, ratio, startBare, startServer, takeTurns } from './harness.mjs';

const [kind, ...builds] = process.argv.slice(2);
const bare = await startBare();
const dirs = builds.map(() => makeDataDir());
const servers = [];
try {
  for (const [i, dist] of builds.entries()) servers.push(await startServer(dirs[i].dataDir, { dist }));
  const [bareRates, ...rates] = await takeTurns(
    [bare, ...servers].map(({ url }) => url),
    kind,
  );
  console.table(
    builds.map((dist, i) => ({
      dist,
      'requests/s': Math.round(median(rates[i])),
      '/ bare Fastify': Number(ratio(rates[i], bareRates).toFixed(3)),
      '/ the first': Number(ratio(rates[i], rates[0]).toFixed(3)),
    })),
  );
} finally {
  for (const server of [bare, ...servers]) await server.stop();
  for (const { remove } of dirs) remove();
}
