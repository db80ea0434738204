// Jest's require(esm) cannot enter an ES module that is still being linked: Nest's packages are evaluated before
// CommonJS libraries (throttler, prometheus) require() them. What asks a program from outside has none of them, and is spared
// the quarter of a second of each file.
if (!/\/test\/(e2e|browser|openapi|observability)\//.test(globalThis.testPath)) {
  await import('reflect-metadata');
  await import('@nestjs/common');
  await import('@nestjs/core');
}
