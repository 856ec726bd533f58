import type { Clock, Transport } from '../endpoint/transport.ts';
import type { Protocol } from '../spec/catalogue.ts';
import { protocolHeaders } from '../wire/amqp10/codec.ts';
import { type Survey10, survey10 } from './survey-amqp10.ts';
import { OtherProtocol, type Survey091, type SurveyLogin, survey091 } from './survey-amqp091.ts';
import { dial, Listening, SurveyError } from './survey-listening.ts';

export { SurveyError } from './survey-listening.ts';

/** What can be learned of a port without harm. */
export interface Survey {
  readonly protocols: readonly Protocol[];
  readonly product: string | null;
  readonly version: string | null;
  /** What either protocol announces. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** As the server tells them in 0-9-1, or in 1.0 where it speaks nothing else; plain values. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly mechanisms: readonly string[];
  readonly locales: readonly string[];
  /** What the server proposes in 0-9-1; left out where it does not speak it. */
  readonly tune?: Survey091['tune'];
  /** What the server says in 1.0; left out where it does not speak it. */
  readonly amqp10?: Survey10;
  /** Milliseconds from the first protocol header to the first answer that tells of the server. */
  readonly roundTripMs: number;
}

interface Surveyed {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: SurveyLogin;
  readonly url: string;
}

/** Asks one port for one protocol by its header and tells what the first octets say. */
async function speaks({ transport, clock }: Surveyed, header: Uint8Array, withinMs: number): Promise<boolean> {
  const listening = new Listening(await dial(transport), clock);
  listening.stream.write(header);
  const { bytes } = await listening.until(seen => seen.length >= 8, withinMs);
  listening.stream.destroy();
  return bytes.length >= 8 && Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from(header));
}

const knockMs = 2000;

async function speaks10(target: Surveyed): Promise<boolean> {
  return (await speaks(target, protocolHeaders.sasl, knockMs)) || (await speaks(target, protocolHeaders.amqp, knockMs));
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What is said in 0-9-1, or why it is not spoken where 1.0 is. */
async function in091(target: Surveyed, withinMs: number): Promise<Survey091 | SurveyError> {
  try {
    return await survey091(target, withinMs);
  } catch (error) {
    if (error instanceof OtherProtocol) return error;
    throw error;
  }
}

/**
 * Learns what a port is: protocols, product, mechanisms, capabilities, limits; logs in and out once in each protocol. Throws a SurveyError in plain words when it is
 * no AMQP broker or does not let us in. Its `url` names it for people, without secrets.
 */
export async function survey(target: Surveyed, withinMs = 10_000): Promise<Survey> {
  const old = await in091(target, withinMs);
  const amqp10 = old instanceof SurveyError || (await speaks10(target)) ? await survey10(target, withinMs) : undefined;
  const offered = Object.fromEntries((amqp10?.capabilities ?? []).map(name => [name, true]));
  if (!(old instanceof SurveyError)) {
    const { product, version } = old.properties;
    const protocols: readonly Protocol[] = amqp10 === undefined ? ['0-9-1'] : ['0-9-1', '1.0'];
    const capabilities = { ...old.capabilities, ...offered };
    return { ...old, protocols, product: textOf(product), version: textOf(version), capabilities, ...(amqp10 !== undefined && { amqp10 }) };
  }
  if (amqp10 === undefined) throw old;
  const { properties, mechanisms, roundTripMs } = amqp10;
  const { product, version } = properties;
  return {
    protocols: ['1.0'],
    product: textOf(product),
    version: textOf(version),
    capabilities: offered,
    properties,
    mechanisms,
    locales: [],
    amqp10,
    roundTripMs,
  };
}
