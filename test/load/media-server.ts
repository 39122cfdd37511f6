// The FreeSWITCH that MIRLITON_FREESWITCH=host:esport:password:sipport names, configured by `mirliton write freeswitch`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventClient } from '../conformance/eventsocket/client.ts';

export interface MediaServer {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly sipPort: number;
}

/** Undefined when none is given: what needs one is left out. */
export function givenMediaServer(environment = process.env): MediaServer | undefined {
  const given = environment['MIRLITON_FREESWITCH'];
  if (given === undefined) return undefined;
  const [host = '127.0.0.1', port = '8021', password = 'ClueCon', sipPort = '11000'] = given.split(':');
  return { host, port: Number(port), password, sipPort: Number(sipPort) };
}

/** The number that the static dialplan bridges. */
export const staticNumber = 'bench-static';

/**
 * Puts one extension before the parking of all calls, for as long as the bench runs: `staticNumber` is bridged to `dial`.
 * Undefined when the configuration of the switch is not on this machine.
 */
export async function addStaticExtension(
  { host, port, password }: MediaServer,
  dial: string,
): Promise<(() => Promise<void>) | undefined> {
  const client = await EventClient.open(host, port, password);
  const file = join((await client.api('global_getvar conf_dir')).trim(), 'dialplan.xml');
  const context = '<context name="context_2">';
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!before.includes(context)) {
    client.close();
    return undefined;
  }
  const extension = `<extension name="bench"><condition field="destination_number" expression="^${staticNumber}$"><action application="bridge" data="${dial}"/></condition></extension>`;
  writeFileSync(file, before.replace(context, `${context}\n    ${extension}`));
  await client.api('reloadxml');
  return async () => {
    writeFileSync(file, before);
    await client.api('reloadxml');
    client.close();
  };
}
