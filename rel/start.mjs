// npm start: installs and builds what is missing, then runs a whole zone in this process.
import './install.mjs';
import './build.mjs';

const { main } = await import('../dist/rel/zone/main.js');
await main();
