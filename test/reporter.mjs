// Mocha's spec reporter, which also adds its totals to the file that the test run sums up, and ends a run that something keeps open.
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_TEST_RETRY } = Mocha.Runner.constants;

/** Milliseconds that a run whose tests are over may take to end by itself. */
const grace = 20_000;

/** What keeps this process alive: each handle that libuv holds a reference to, and the kinds of Node's own resources. */
const leftOpen = () => {
  // A socket that waits to be connected again, or is paused, is not active; what is to wake it is a timer, which says nothing.
  const handles = process.report
    .getReport()
    .libuv.filter((handle) => handle.is_referenced && (handle.is_active || handle.type === 'tcp'))
    .map(({ address, is_active, is_referenced, ...said }) => JSON.stringify(said));
  return [...handles, process.getActiveResourcesInfo().join(' ')];
};

export default class SummingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const failed = [];
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    const again = [];
    const said = (test, error) => `${test.fullTitle()}: ${error.message}`;
    runner.on(EVENT_TEST_FAIL, (test, error) => failed.push(said(test, error)));
    runner.on(EVENT_TEST_RETRY, (test, error) => again.push(said(test, error)));
    const tell = (sums) => {
      const file = process.env.MIRLITON_TEST_TOTALS;
      if (file) appendFileSync(file, `${JSON.stringify(sums)}\n`);
    };
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = runner.stats;
      tell({ passes, failures, skipped, failed, again });
      setTimeout(() => {
        const open = leftOpen();
        for (const one of open) console.log(`left open: ${one}`);
        tell({ open });
        process.exit();
      }, grace).unref();
    });
  }
}
