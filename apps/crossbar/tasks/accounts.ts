// Tasks about accounts: all that stand below one.
import { listDescendants } from '../accounts/tree.ts';
import { countAccount } from '../billing/quantities.ts';
import { type Action, type Output, rowsOf } from './action.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly realm?: string;
  readonly tree?: readonly string[];
}

async function* descendants(...[request]: Parameters<typeof listDescendants>): AsyncGenerator<Output> {
  for await (const row of rowsOf(await listDescendants(request))) {
    const { id, name, realm, tree = [] } = row as object as Listed;
    yield { account_id: id, account_name: name, realm, parent_id: tree.at(-1), depth: tree.length };
  }
}

/** A row for each thing that each account has. */
async function* quantities(...[request]: Parameters<typeof listDescendants>): AsyncGenerator<Output> {
  for await (const { id, name } of rowsOf(await listDescendants(request)))
    for (const [category, items] of Object.entries(await countAccount(request.services.store, String(id))))
      for (const [item, quantity] of Object.entries(items))
        yield { account_id: id, account_name: name, category, item, quantity };
}

export const accounts: Readonly<Record<string, Action>> = {
  descendants: {
    description: 'Lists all accounts below the account',
    doc: 'A row for each account below the one of the task, with its parent and how deep it stands in the tree.',
    permission: 'admin',
    output: ['account_id', 'account_name', 'realm', 'parent_id', 'depth'],
    rows: descendants,
  },
  quantify: {
    description: 'Counts what each account below the account has now',
    permission: 'admin',
    output: ['account_id', 'account_name', 'category', 'item', 'quantity'],
    rows: quantities,
  },
};
