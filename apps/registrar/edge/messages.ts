// The search of registrations as Kamailio's registrar role answers it (contract/kamailio.md §2).
import { message, Type } from '../../../core/contract/index.ts';

const Rows = Type.Array(Type.Record(Type.String(), Type.Unknown()));

/** Some of what was found; more follows. */
export const searchPartialResp = message({
  category: 'registration',
  name: 'search_partial_resp',
  exchange: 'targeted',
  fields: { Registrations: Rows },
});

/** The end of the answer. */
export const searchResp = message({
  category: 'registration',
  name: 'search_resp',
  exchange: 'targeted',
  fields: {
    Registrations: Rows,
    AOR: Type.Optional(Type.String()),
    Metas: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
});

/** The bindings of a realm, or of one user of it. */
export const searchReq = message({
  category: 'registration',
  name: 'search_req',
  exchange: 'registrar',
  key: (m) => `registration.search_req.${m.Realm.replaceAll('.', '%2E')}`,
  fields: { Realm: Type.String(), Username: Type.Optional(Type.String()) },
  answers: [searchPartialResp, searchResp],
});
