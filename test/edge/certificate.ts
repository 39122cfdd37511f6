// A certificate of our own for SIP over TLS, good for a day.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes it in a folder; returns its files. */
export function makeCertificate(folder: string): { readonly certificate: string; readonly key: string } {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...made, '-days', '1', '-subj', '/CN=edge'], { stdio: 'ignore' });
  return { certificate, key };
}
