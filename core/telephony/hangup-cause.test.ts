// Hangup causes and their SIP codes, both ways.
import { expect } from 'chai';
import { causeOfQ850, causeOfSip, hangupCauses, isHangupCause, q850Of, sipStatusOf } from './hangup-cause.ts';

describe('hangup causes', () => {
  it('go to SIP and come from it', () => {
    expect(sipStatusOf('USER_BUSY')).to.equal(486);
    expect(sipStatusOf('NO_ANSWER')).to.equal(480);
    expect(sipStatusOf('CALL_REJECTED')).to.equal(603);
    expect(sipStatusOf('toString')).to.equal(480);
    expect(causeOfSip(486)).to.equal('USER_BUSY');
    expect(causeOfSip(404)).to.equal('UNALLOCATED_NUMBER');
    expect(causeOfSip(699)).to.equal('NORMAL_UNSPECIFIED');
  });

  it('go to Q.850 and come from it', () => {
    expect(q850Of('NORMAL_CLEARING')).to.equal(16);
    expect(q850Of('USER_NOT_REGISTERED')).to.equal(31);
    expect(causeOfQ850(17)).to.equal('USER_BUSY');
    expect(causeOfQ850(12_345)).to.equal('NORMAL_UNSPECIFIED');
    for (const [name, [q850]] of Object.entries(hangupCauses)) expect(causeOfQ850(q850)).to.equal(name);
    expect(isHangupCause('NOTHING')).to.equal(false);
  });
});
