import type { Protocol } from '../spec/catalogue.ts';
import { ObservedStream } from './observed-stream.ts';
import type { ClientSpeech } from './speech.ts';
import type { Stage } from './stage.ts';

const withinMs = 30_000;
const headerSize = 8;

/** The catalogue of each protocol, loaded where it is wanted. */
const speeches: Readonly<Record<Protocol, () => Promise<ClientSpeech>>> = {
  '0-9-1': () => import('./amqp091/speech.ts').then(({ speech091 }) => speech091),
  '1.0': () => import('./amqp10/speech.ts').then(({ speech10 }) => speech10),
};

/** The catalogue of the protocol that the client speaks: `asked`, or what it begins with. Where it begins nothing, its last words. */
export async function spokenBy(stage: Stage, asked: Protocol | undefined): Promise<ClientSpeech | { readonly words: readonly string[] }> {
  if (asked !== undefined) return speeches[asked]();
  const heard = await firstOctets(stage);
  if ('words' in heard) return heard;
  const [, , , , id = 0, major = 0, minor = 0] = heard.octets;
  const is10 = (major === 1 && minor === 0) || id === 3;
  return speeches[is10 ? '1.0' : '0-9-1']();
}

/** Starts the client once, to hear what it begins with. */
async function firstOctets(stage: Stage): Promise<{ readonly octets: Uint8Array } | { readonly words: readonly string[] }> {
  let octets = new Uint8Array(0);
  let heard = (): void => {};
  const enough = new Promise<void>(resolve => {
    heard = resolve;
  });
  const fromClient = (more: Uint8Array): void => {
    octets = Buffer.concat([octets, more.subarray(0, headerSize)]);
    if (octets.length >= headerSize) heard();
  };
  const broker = await stage.startBroker({
    wrapStream: stream => new ObservedStream(stream, { fromClient, toClient: () => {}, ended: () => {} }),
  });
  const client = stage.startClient({ AMQP_URL: broker.url, AMQP_QUEUE: 'amqpspec.client', AMQP_ADDRESS: '/queues/amqpspec.client', AMQPSPEC_CASE: 'hello' });
  const late = stage.clock.at(stage.clock.now() + withinMs, heard);
  await Promise.race([enough, client.exited]);
  late();
  client.kill();
  await client.exited;
  await broker.close({ withinMs: 0 });
  return octets.length < headerSize ? { words: client.words() } : { octets };
}
