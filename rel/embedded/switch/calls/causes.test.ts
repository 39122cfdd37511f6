// Hangup causes and SIP statuses, there and back.

import { expect } from 'chai';
import { causeFromReason, causeToQ850, causeToStatus, findCause, statusToCause } from './causes.ts';
import { newTimes } from './profile.ts';
import { timeVariables } from './stamps.ts';

describe('causes', () => {
  it('become statuses and come from them as in FreeSWITCH', () => {
    expect(
      ['USER_BUSY', 'NO_ANSWER', 'CALL_REJECTED', 'ORIGINATOR_CANCEL', 'LOSE_RACE'].map((name) =>
        causeToStatus(findCause(name) ?? 'NONE'),
      ),
    ).to.deep.equal([486, 480, 603, 487, 480]);
    expect([200, 404, 480, 486, 487, 603, 699].map(statusToCause)).to.deep.equal([
      'NORMAL_CLEARING',
      'UNALLOCATED_NUMBER',
      'NO_USER_RESPONSE',
      'USER_BUSY',
      'ORIGINATOR_CANCEL',
      'CALL_REJECTED',
      'NORMAL_UNSPECIFIED',
    ]);
  });

  it('are read by name and by number', () => {
    expect(findCause(' user_busy ')).to.equal('USER_BUSY');
    expect(findCause('17')).to.equal('USER_BUSY');
    expect(findCause('toString')).to.equal(undefined);
    expect(findCause('')).to.equal(undefined);
  });

  it('are read from a Reason', () => {
    expect(causeFromReason('SIP;cause=200;text="x", Q.850 ;cause=21')).to.equal('CALL_REJECTED');
    expect(causeFromReason('SIP;cause=486')).to.equal(undefined);
    expect(causeToQ850('LOSE_RACE')).to.equal(16);
  });
});

describe('time variables', () => {
  it('count seconds between epochs, and nothing of what never happened', () => {
    const times = { ...newTimes(), created: 10_900_000, answered: 0, hungup: 11_100_000 };
    const variables = Object.fromEntries(timeVariables(times));
    expect(variables).to.include({
      duration: '1',
      mduration: '200',
      uduration: '200000',
      billsec: '0',
      answer_uepoch: '0',
    });
    expect(variables).not.to.have.property('answer_stamp');
  });
});
