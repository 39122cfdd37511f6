// braintree: cards, addresses and transactions of an account at a gateway for payments (contract/crossbar.md §6.5); there is none.
import { Type } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { accountEndpoint, type Operation, operation, type RestModule } from '../engine/index.ts';

const texts = <const K extends string>(...names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(Type.String())]));

const address = Type.Object({
  ...texts('first_name', 'last_name', 'company', 'street_address', 'extended_address', 'locality', 'region'),
  ...texts('postal_code', 'country_code_two', 'country_code_three', 'country_code', 'country_name'),
});
const card = Type.Object({
  ...texts('cardholder_name', 'expiration_date', 'expiration_month', 'expiration_year', 'number', 'cvv'),
  ...texts('payment_method_nonce', 'billing_address_id'),
  billing_address: Type.Optional(address),
  make_default: Type.Optional(Type.Boolean({ default: true })),
});
const customer = Type.Object({
  ...texts('first_name', 'last_name', 'company', 'email', 'phone', 'fax', 'website', 'payment_method_nonce'),
  credit_card: Type.Optional(card),
});

/** What would be asked of the gateway: who may ask, and in which form, is checked before. */
const asked = (
  summary: string,
  accepts: typeof address | typeof card | typeof customer | undefined = undefined,
): Operation => operation('admin', summary, noGateway, accepts ? { accepts } : {});

async function noGateway(): Promise<never> {
  throw new AppError('not_implemented', {
    message: 'nothing here talks to Braintree: no card is kept there and nothing is charged',
  });
}

export const braintree: RestModule = {
  name: 'braintree',
  summary: 'Cards, addresses and transactions at a gateway for payments',
  endpoints: [
    accountEndpoint('braintree/customer', {
      GET: asked('The account as a customer of the gateway'),
      POST: asked('Changes the customer, and makes it where there is none', customer),
    }),
    accountEndpoint('braintree/cards', {
      GET: asked('Cards of the account'),
      PUT: asked('Adds a card', card),
    }),
    accountEndpoint('braintree/cards/:id', {
      GET: asked('A card'),
      POST: asked('Changes a card', card),
      DELETE: asked('Removes a card'),
    }),
    accountEndpoint('braintree/addresses', {
      GET: asked('Addresses of the account'),
      PUT: asked('Adds an address', address),
    }),
    accountEndpoint('braintree/addresses/:id', {
      GET: asked('An address'),
      POST: asked('Changes an address', address),
      DELETE: asked('Removes an address'),
    }),
    accountEndpoint('braintree/transactions', { GET: asked('Transactions of the account') }),
    accountEndpoint('braintree/transactions/:id', { GET: asked('A transaction') }),
    accountEndpoint('braintree/client_token', {
      GET: asked('A token with which a browser speaks to the gateway'),
    }),
  ],
};
