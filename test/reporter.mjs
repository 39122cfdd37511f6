// Mocha's spec reporter, which also adds its totals to the file that the test run sums up.
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_TEST_RETRY } = Mocha.Runner.constants;

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
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = runner.stats;
      const file = process.env.MIRLITON_TEST_TOTALS;
      if (file) appendFileSync(file, `${JSON.stringify({ passes, failures, skipped, failed, again })}\n`);
    });
  }
}
