// Networks in CIDR form.
import { expect } from 'chai';
import { isWithin, networkOf, overlap } from './networks.ts';

describe('networks', () => {
  it('hold addresses', () => {
    expect(isWithin('10.1.2.3', ['192.0.2.0/24', '10.0.0.0/8'])).to.equal(true);
    expect(isWithin('192.0.3.1', ['192.0.2.0/24'])).to.equal(false);
    expect(isWithin('192.0.2.1', ['192.0.2.1'])).to.equal(true);
    expect(isWithin('2001:db8::7', ['2001:db8::/32'])).to.equal(true);
    expect(isWithin('10.0.0.1', ['nonsense', '10.0.0.0/99', ''])).to.equal(false);
  });

  it('overlap when one holds the other', () => {
    expect(overlap('192.0.2.0/24', '192.0.2.7/32')).to.equal(true);
    expect(overlap('192.0.2.7/32', '192.0.2.0/24')).to.equal(true);
    expect(overlap('2001:db8::1/128', '2001:DB8:0::1/128')).to.equal(true);
    expect(overlap('192.0.2.0/25', '192.0.2.128/25')).to.equal(false);
    expect(overlap('192.0.2.1/32', '2001:db8::/32')).to.equal(false);
  });

  it('are read from what people write', () => {
    expect(networkOf('192.0.2.1')).to.equal('192.0.2.1/32');
    expect(networkOf('192.0.2.1:5080')).to.equal('192.0.2.1/32');
    expect(networkOf('192.0.2.0/24')).to.equal('192.0.2.0/24');
    expect(networkOf('[2001:db8::1]:5060')).to.equal('2001:db8::1/128');
    expect(networkOf('gw.example.org')).to.equal(undefined);
  });
});
