// auth/links: the identities of the caller, of a user and of an account (contract/crossbar.md §6).
import { auth_link } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  deleted,
  type Endpoint,
  idParameter,
  type ListReply,
  list,
  load,
  missing,
  operation,
  pathParameter,
  publicPart,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';
import { type Link, linkTo, unlink } from './links.ts';
import { registry } from './registry.ts';

/** Whose identities a request is about; without a user all of an account. */
interface Whose {
  readonly account: string;
  readonly user: string | undefined;
}

type Choose = (request: RestRequest) => Whose;

const own: Choose = (request) => {
  const { account, user, admin } = caller(request);
  if (!user && !admin) throw new AppError('forbidden');
  return { account: account._id, user: user?._id };
};
/** In an account users see their own, and admins all. */
const ofAccount: Choose = (request) => {
  const { admin, user, account } = caller(request);
  const target = targetAccount(request)._id;
  if (!admin && account._id !== target) throw new AppError('forbidden');
  return { account: target, user: admin ? undefined : user?._id };
};
const ofUser: Choose = (request) => ({
  account: targetAccount(request)._id,
  user: pathParameter(request, 'user_id'),
});

const reply = { reply: auth_link.schema };
const listed = { list: true };

const listOf =
  (choose: Choose) =>
  (request: RestRequest): Promise<ListReply> => {
    const { account, user } = choose(request);
    const range = user === undefined ? { prefix: [account] } : { key: [account, user] };
    const database = registry(request.services.store);
    return list(
      request,
      database,
      { design: 'users', view: 'list_linked_users' },
      { ...range, fileName: 'links' },
    );
  };

async function find(request: RestRequest, { account, user }: Whose): Promise<Link> {
  const id = pathParameter(request, idParameter);
  const link = await load(registry(request.services.store), auth_link, id, { fresh: true });
  if (link.pvt_account_id !== account || (user !== undefined && link.pvt_owner_id !== user))
    throw missing(id);
  return link;
}

const read =
  (choose: Choose) =>
  async (request: RestRequest): Promise<DataReply> => {
    const link = await find(request, choose(request));
    return { data: publicPart(link), revision: link._rev };
  };

const remove =
  (choose: Choose) =>
  async (request: RestRequest): Promise<DataReply> => {
    const link = await find(request, choose(request));
    await unlink(request.services, link);
    return { data: deleted(publicPart(link)) };
  };

/** Only for oneself: who acts as somebody else would leave a door behind them. */
async function link(request: RestRequest): Promise<DataReply> {
  const { account, user, original } = caller(request);
  if (!user || original)
    throw new AppError('forbidden', { message: 'only a user can link an identity, to themselves' });
  const linked = await linkTo(request.services, pathParameter(request, idParameter), { account, user });
  return { data: publicPart(linked), revision: linked._rev, location: linked._id };
}

const said = 'An identity at a provider';
const unlinks = 'Unlinks an identity';

export const linkEndpoints: readonly Endpoint[] = [
  {
    path: '/auth/links',
    operations: { GET: operation('account', 'The identities of the caller', listOf(own), listed) },
  },
  {
    path: `/auth/links/:${idParameter}`,
    operations: {
      GET: operation('account', said, read(own), reply),
      PUT: operation('account', 'Links an identity that was just proved to the caller', link, reply),
      DELETE: operation('account', unlinks, remove(own), reply),
    },
  },
  accountEndpoint('auth/links', {
    GET: operation('admin', 'The identities of all users of the account', listOf(ofAccount), listed),
  }),
  accountEndpoint(`auth/links/:${idParameter}`, {
    GET: operation('account', said, read(ofAccount), reply),
    DELETE: operation('admin', unlinks, remove(ofAccount), reply),
  }),
  accountEndpoint('users/:user_id/auth/links', {
    GET: operation('owner', 'The identities of a user', listOf(ofUser), listed),
  }),
  accountEndpoint(`users/:user_id/auth/links/:${idParameter}`, {
    GET: operation('owner', said, read(ofUser), reply),
    DELETE: operation('owner', unlinks, remove(ofUser), reply),
  }),
];
