// Who the users behind contacts are: as Kamailio knows, else as registrar says. Kamailio reads its contacts again after
// a restart, but not whose they are.
import type { AppContext } from '../../../core/app/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import { authnReq } from '../../../core/messages/authn.ts';
import type { Contact } from './answers.ts';
import type { Kamailio } from './kamailio.ts';
import type { Identity } from './registrations.ts';

/** The identity of each user of `contacts`; what registrar adds is told to Kamailio. Rejects when Kamailio fails. */
export async function identitiesOf(
  context: AppContext,
  kamailio: Kamailio,
  contacts: readonly Contact[],
): Promise<ReadonlyMap<string, Identity>> {
  const { vars, tokens } = await kamailio.identities();
  const found = new Map<string, Identity>();
  for (const aor of new Set(contacts.map((contact) => contact.aor))) {
    const known = { vars: vars.get(aor), token: tokens.get(aor) };
    const identity = known.vars === undefined ? await ask(context, aor) : known;
    if (identity !== known && identity.token !== undefined) await kamailio.remember(aor, identity);
    found.set(aor, identity);
  }
  return found;
}

async function ask({ bus, log }: AppContext, aor: string): Promise<Identity> {
  const [user = '', realm = ''] = aor.split('@');
  const nobody = { vars: undefined, token: undefined };
  try {
    const uri = `sip:${aor}`;
    const fields = { 'Auth-User': user, 'Auth-Realm': realm, From: uri, To: uri, Method: 'REGISTER' };
    const answer = await bus.request(authnReq, fields, { timeout: 2500 });
    const vars = 'Custom-Channel-Vars' in answer ? answer['Custom-Channel-Vars'] : undefined;
    if (vars === undefined) return nobody;
    return { vars: JSON.stringify(vars), token: `${vars['Authorizing-ID']}@${vars['Account-ID']}` };
  } catch (error) {
    log.debug('registrar did not say who this is', { aor, error: errorText(error) });
    return nobody;
  }
}
