// Mocha's spec reporter, which also adds its totals to the file that the test run sums up.
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

export default class SummingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const failed = [];
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.on(EVENT_TEST_FAIL, (test, error) => failed.push(`${test.fullTitle()}: ${error.message}`));
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = runner.stats;
      const file = process.env.MIRLITON_TEST_TOTALS;
      if (file) appendFileSync(file, `${JSON.stringify({ passes, failures, skipped, failed })}\n`);
    });
  }
}
