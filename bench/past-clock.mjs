// Preloaded into a server (`--import`), sets its clock back by BENCH_CLOCK_BACK_MS: what it receives was received then.
const backMs = Number(process.env.BENCH_CLOCK_BACK_MS);
const SystemDate = Date;
const now = () => SystemDate.now() - backMs;

globalThis.Date = class extends SystemDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now()]));
  }

  static now = now;
};
