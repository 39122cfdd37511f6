// The keys that sign tokens: several are good at once, and all crossbars of a cluster read them from one document.
import { randomBytes } from 'node:crypto';
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, importSPKI } from 'jose';
import type { SystemConfig } from '../../../core/config/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';

export const algorithm = 'RS256';
/** The document of `system_auth` with the keys. */
export const keysDocument = 'signing_keys';
const day = 86_400;

/** A key pair as it is stored; times in Unix seconds. */
interface StoredKey {
  readonly kid: string;
  readonly public_key: string;
  readonly private_key: string;
  readonly created: number;
  /** Set when another key has taken its place: until then the tokens it signed are good. */
  readonly expires?: number;
}

/** What may be said of a key. */
export interface KeyFacts {
  readonly id: string;
  /** True for the one that signs. */
  readonly signs: boolean;
  readonly created: number;
  readonly expires?: number | undefined;
  readonly public_key_pem: string;
}

/** The signing keys of a cluster, and the secret that all its tokens depend on. */
export interface KeyRing {
  /** The key that signs now; makes another one when it is older than `auth.key_rotation_s`. */
  signing(): Promise<{ readonly kid: string; readonly key: CryptoKey }>;
  /** The public key of a token, or undefined when there is none or it is not good any more. */
  verifying(kid: string): Promise<CryptoKey | undefined>;
  list(): Promise<readonly KeyFacts[]>;
  /** A new key signs from now on; the others are good until the tokens they signed have expired. Its id. */
  rotate(): Promise<string>;
  /** A key is good no more, and none of the tokens that it signed. Rejects with `bad_identifier`. */
  withdraw(kid: string): Promise<void>;
  /** Part of every token's signature of identity. */
  identitySecret(): Promise<string>;
  /** Ends all tokens of the cluster. */
  resetIdentity(): Promise<void>;
  /** Seconds that a key is good for after its time: no token may live longer. */
  retention(): Promise<number>;
}

/** The key ring of a cluster; its first crossbar makes the document. */
export async function keyRing(database: Database, config: SystemConfig): Promise<KeyRing> {
  const imported = new Map<string, Promise<CryptoKey>>();
  const once = (name: string, load: () => Promise<CryptoKey>): Promise<CryptoKey> => {
    const known = imported.get(name) ?? load();
    imported.set(name, known);
    return known;
  };
  let asked = 0;
  const read = async (fresh = false): Promise<StoredDocument> =>
    (await database.find(keysDocument, { fresh })) ?? (await make(database));
  const retention = (): Promise<number> => config.get('crossbar', 'auth.key_retention_s', 30 * day);
  const change = async (replace: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> => {
    await database.update(keysDocument, (document) => ({ ...document, pvt_keys: replace(keysOf(document)) }));
  };
  /** Adds a key, unless another crossbar did it since `newest` was the newest. */
  const add = async (newest: string): Promise<string> => {
    const key = await newKey();
    const kept = await retention();
    await change((keys) =>
      last(keys).kid === newest ? [...keys.filter(isGood).map((old) => retired(old, kept)), key] : keys,
    );
    return key.kid;
  };
  await read(true);
  return {
    signing: async () => {
      const age = await config.get('crossbar', 'auth.key_rotation_s', 90 * day);
      let newest = last(keysOf(await read()));
      if (age > 0 && now() - newest.created > age) {
        await add(newest.kid);
        newest = last(keysOf(await read(true)));
      }
      const { kid, private_key } = newest;
      return { kid, key: await once(`private ${kid}`, () => importPKCS8(private_key, algorithm)) };
    },
    verifying: async (kid) => {
      const known = (document: StoredDocument): StoredKey | undefined =>
        keysOf(document).find((key) => key.kid === kid && isGood(key));
      let key = known(await read());
      // Another crossbar may have made it a moment ago; rubbish must not cost a read for each.
      if (!key && Date.now() - asked > 1_000) {
        asked = Date.now();
        key = known(await read(true));
      }
      const { public_key } = key ?? {};
      return public_key === undefined
        ? undefined
        : once(`public ${kid}`, () => importSPKI(public_key, algorithm));
    },
    list: async () => {
      const keys = keysOf(await read()).filter(isGood);
      return keys.map(({ kid, created, expires, public_key }) => ({
        id: kid,
        signs: kid === last(keys).kid,
        created,
        expires,
        public_key_pem: public_key,
      }));
    },
    rotate: async () => add(last(keysOf(await read(true))).kid),
    withdraw: async (kid) => {
      const fresh = await newKey();
      await change((keys) => {
        if (!keys.some((key) => key.kid === kid))
          throw new AppError('bad_identifier', { details: { cause: kid } });
        const others = keys.filter((key) => key.kid !== kid && isGood(key));
        return last(keys).kid === kid ? [...others, fresh] : others;
      });
    },
    identitySecret: async () => String((await read())['pvt_identity_secret']),
    resetIdentity: async () => {
      await database.update(keysDocument, (document) => ({ ...document, pvt_identity_secret: secret() }));
    },
    retention,
  };
}

const now = (): number => Math.floor(Date.now() / 1000);
const secret = (): string => randomBytes(32).toString('hex');
const isGood = ({ expires }: StoredKey): boolean => expires === undefined || expires > now();
const retired = (key: StoredKey, kept: number): StoredKey => ({
  ...key,
  expires: key.expires ?? now() + kept,
});

function keysOf(document: StoredDocument): readonly StoredKey[] {
  return document['pvt_keys'] as readonly StoredKey[];
}

/** The newest; there is always one. */
function last(keys: readonly StoredKey[]): StoredKey {
  const newest = keys.at(-1);
  if (!newest) throw new AppError('unspecified_fault', { message: `${keysDocument} has no key` });
  return newest;
}

async function newKey(): Promise<StoredKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  return {
    kid: randomBytes(16).toString('hex'),
    public_key: await exportSPKI(pair.publicKey),
    private_key: await exportPKCS8(pair.privateKey),
    created: now(),
  };
}

async function make(database: Database): Promise<StoredDocument> {
  const document = { pvt_type: keysDocument, pvt_keys: [await newKey()], pvt_identity_secret: secret() };
  try {
    return await database.save({ _id: keysDocument, ...document });
  } catch (error) {
    // Another crossbar that starts at the same time was faster: its keys are the cluster's.
    if (hasCode(error, 'datastore_conflict')) return database.get(keysDocument, { fresh: true });
    throw error;
  }
}
