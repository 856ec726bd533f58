import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { Restriction } from '../probe/facilities.ts';
import type { UrlFacilities } from '../target/url-facilities.ts';
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
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw usage(`The facilities file ${path} cannot be read. Check the path after --facilities.`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw usage(`The facilities file ${path} is no valid YAML: line ${lines.linePos(broken.pos[0]).line}: ${firstLine(broken.message)}`);
  const content: unknown = document.toJS() ?? {};
  if (validate(content)) return withFiles(content, path);
  const [first] = validate.errors ?? [];
  throw usage(first === undefined ? `The facilities file ${path} is wrong.` : complaint(path, document, lines, first));
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

function complaint(path: string, document: Document, lines: LineCounter, error: ErrorObject): string {
  const keys = error.instancePath.split('/').slice(1);
  const node = keys.length === 0 ? document.contents : document.getIn(keys, true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  const where = `${error.instancePath === '' ? 'its top' : error.instancePath}${offset === undefined ? '' : `, line ${lines.linePos(offset).line}`}`;
  const extra = 'additionalProperty' in error.params ? `: ${String(error.params.additionalProperty)}` : '';
  return `The facilities file ${path} is wrong at ${where}: ${error.message ?? 'unknown shape'}${extra}.`;
}

async function withFiles({ tls, ...rest }: Content, path: string): Promise<UrlFacilities> {
  if (tls === undefined) return rest;
  const pem = async (file: string): Promise<string> => {
    const whole = resolve(dirname(path), file);
    return readFile(whole, 'utf8').catch(() => {
      throw usage(`The file ${whole}, which the facilities file ${path} names, cannot be read.`);
    });
  };
  const credential = async ({ cert, key }: CredentialFiles) => ({ cert: await pem(cert), key: await pem(key) });
  const { ca, certificates, ...where } = tls;
  return {
    ...rest,
    tls: {
      ...where,
      ...(ca !== undefined && { ca: await pem(ca) }),
      ...(certificates !== undefined && {
        certificates: { user: certificates.user, known: await credential(certificates.known), 'unknown-user': await credential(certificates['unknown-user']) },
      }),
    },
  };
}
