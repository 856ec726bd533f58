import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Restriction } from '../probe/facilities.ts';
import type { UrlFacilities } from '../target/url-facilities.ts';
import { readDataFile } from './data-file.ts';
import { usage } from './errors.ts';
import schema from './facilities.schema.json' with { type: 'json' };

interface CredentialFiles {
  readonly cert: string;
  readonly key: string;
}

/** As the file has it: certificates as paths. */
interface Content extends Omit<UrlFacilities, 'tls' | 'logins'> {
  readonly logins?: Readonly<Record<Restriction, { readonly user: string; readonly password: string; readonly virtualHost?: string }>>;
  readonly tls?: {
    readonly url: string;
    readonly ca?: string;
    readonly serverName?: string;
    readonly certificates?: { readonly user: string; readonly known: CredentialFiles; readonly 'unknown-user': CredentialFiles };
  };
}

const validate = new Ajv2020({ allErrors: true }).compile<Content>(schema);

/** Reads the file of `--facilities`, YAML or JSON, with the certificates it names. Throws a usage error that names file, line and place, and no secret. */
export async function readFacilities(path: string): Promise<UrlFacilities> {
  const { content } = await readDataFile(path, 'facilities file', '--facilities', validate);
  return withFiles(content, path);
}

async function withFiles({ tls, webSocket, ...rest }: Content, path: string): Promise<UrlFacilities> {
  const pem = async (file: string): Promise<string> => {
    const whole = resolve(dirname(path), file);
    return readFile(whole, 'utf8').catch(() => {
      throw usage(`The file ${whole}, which the facilities file ${path} names, cannot be read.`);
    });
  };
  const credential = async ({ cert, key }: CredentialFiles) => ({ cert: await pem(cert), key: await pem(key) });
  const withCa = async <F extends { readonly ca?: string }>(where: F): Promise<F> => ({ ...where, ...(where.ca !== undefined && { ca: await pem(where.ca) }) });
  const known = { ...rest, ...(webSocket !== undefined && { webSocket: await withCa(webSocket) }) };
  if (tls === undefined) return known;
  const { certificates, ...where } = tls;
  return {
    ...known,
    tls: {
      ...(await withCa(where)),
      ...(certificates !== undefined && {
        certificates: { user: certificates.user, known: await credential(certificates.known), 'unknown-user': await credential(certificates['unknown-user']) },
      }),
    },
  };
}
