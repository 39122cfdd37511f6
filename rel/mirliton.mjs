#!/usr/bin/env node
// The `mirliton` command: installs and builds what is missing, then runs it.
import './install.mjs';
import './build.mjs';

const { main } = await import('../dist/rel/mirliton/main.js');
await main();
