// Preloaded into a zone under measurement: at SIGUSR2 it tells its processor time and its memory after a collection.
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const file = process.env['MIRLITON_BENCH_PROBE'];
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

if (file !== undefined && isMainThread) {
  process.on('SIGUSR2', () => {
    // The collections must not count as work of the zone.
    const before = process.cpuUsage();
    collect();
    collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    const after = process.cpuUsage();
    const seconds = ({ user, system }) => (user + system) / 1e6;
    const facts = { cpu: seconds(before), spent: seconds(after), rss, heapUsed, external };
    writeFileSync(`${file}.new`, JSON.stringify(facts));
    renameSync(`${file}.new`, file);
  });
}
