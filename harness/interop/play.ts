import { factsAt } from '../check/facts-at.ts';
import { type InteropRecord, type InteropResult, interopId } from '../check/record-interop.ts';
import { inRange } from '../check/versions.ts';
import type { Protocol } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';
import { type ClientName, clientNames, clientRow } from './clients.ts';
import { partsOf, playMatrix } from './matrix.ts';
import { Places } from './places.ts';
import type { Login } from './protocol.ts';
import type { Case } from './scene.ts';
import { workshop } from './toolchain.ts';

/** What is to be played against a target. */
export interface PlayOptions {
  /** Where clients connect to, in plain TCP. */
  readonly address: { readonly host: string; readonly port: number };
  readonly protocols: readonly string[];
  readonly clients: readonly ClientName[];
  readonly cases: readonly Case[];
  readonly wanted: (id: string) => boolean;
  readonly gate: 'must' | 'should';
  readonly version: string | null;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onResult?: ((result: InteropResult) => void) | undefined;
  readonly onPrepare?: ((clients: readonly string[]) => void) | undefined;
}

/** Every id that there is, whoever can be had. */
export const pairIds = (cases: readonly Case[]): readonly string[] =>
  partsOf({ clients: clientNames, cases }).map(({ case: { id }, publisher, consumer }) => interopId({ case: id, publisher, consumer }));

/** The open's hostname that stands for a virtual host that is not the usual one. */
const hostnameOf = (form: string | undefined, virtualHost: string): Pick<Login, 'hostname'> =>
  form === undefined || virtualHost === '/' ? {} : { hostname: form.replace('{virtualHost}', virtualHost) };

/** Plays pairs of clients on a broker, those of protocols that it speaks. */
export async function play(target: Target, options: PlayOptions): Promise<InteropRecord> {
  const { version, seed, gate, protocols } = options;
  const facts = factsAt(target.profile?.amqp10, version ?? undefined);
  const { user, password, virtualHost } = target.credentials;
  const login: Login = { ...options.address, user, password, virtualHost, ...hostnameOf(facts?.hostname, virtualHost) };
  const places = new Places(target, login, facts, { runId: `i${seed.toString(36)}`, seed });
  const spoken = options.clients.filter(name => (protocols as readonly Protocol[]).includes(clientRow(name).protocol));
  const declared = (target.profile?.interop ?? []).filter(({ versions }) => versions === undefined || version === null || inRange(version, versions) !== false);
  return playMatrix(places, { ...options, clients: spoken, shop: workshop() }, { gate, deviations: declared });
}
