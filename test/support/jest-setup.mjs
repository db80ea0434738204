// Jest's require(esm) cannot enter an ES module that is still being linked: Nest's packages are evaluated before
// CommonJS libraries (throttler, prometheus) require() them.
import 'reflect-metadata';

await import('@nestjs/common');
await import('@nestjs/core');
