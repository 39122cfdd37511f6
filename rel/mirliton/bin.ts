// The `mirliton` command of a tree that is installed and built: what containers, units and the supervisor run.
import { main } from './main.ts';

await main();
