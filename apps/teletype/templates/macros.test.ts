// macrosOf: what those who change a template may put into it.
import { expect } from 'chai';
import { templates } from './index.ts';
import { macrosOf } from './macros.ts';

describe('macros of a template', () => {
  it('are what all may name, and what it names', () => {
    const macros = macrosOf({
      subject: 'From {{ caller_id.number | default: "nobody" }}',
      text: '{% for item in items %}{{ item.quantity }}{% endfor %}{{node}}',
    });
    expect(macros).to.include.keys('account.name', 'user.first_name', 'items', 'node');
    expect(macros).to.not.include.keys('item.quantity', 'item');
    expect(macros['caller_id.number']).to.deep.equal({
      i18n_label: 'caller_id_number',
      friendly_name: 'Caller id number',
      description: 'Caller id number',
    });
  });

  it('are there for each of ours', () => {
    for (const template of templates) expect(macrosOf(template), template.id).to.include.keys('account.id');
  });
});
