import type { SaslBody } from '../../../wire/amqp10/codec.ts';
import type { Script } from './script.ts';

const encoder = new TextEncoder();

/** The SASL exchange: in one piece with what follows where the peer is known to serve that, else step by step. */
export function login(script: Script): void {
  const piped = script.setting.pipelined === true && !script.oneIn(8);
  script.header('sasl');
  script.now({ connection: 'START header' });
  script.sasl(init(script), piped ? [] : ['sasl-mechanisms']);
  script.now({ connection: 'START init' });
  script.header('amqp', piped ? [] : ['sasl-outcome']);
  script.now({ connection: 'HDR_SENT' });
}

function init({ setting: { user, password } }: Script): SaslBody {
  return { type: 'sasl-init', mechanism: 'PLAIN', initialResponse: encoder.encode(`\0${user}\0${password}`) };
}

/** Somebody whom nobody knows, and what else may come before a login: all of it is answered by a refusal at the latest. */
export function strangers(script: Script): void {
  const { random } = script;
  if (random.oneIn(6)) {
    script.header('amqp');
    script.now({ connection: 'HDR_SENT' });
    opening(script);
    closing(script);
    return;
  }
  script.header('sasl');
  script.now({ connection: 'START header' });
  const mechanism = random.pick(['PLAIN', 'PLAIN', 'SCRAM-SHA-256', 'EXTERNAL', 'CRAM-MD5', 'X-NONE']);
  const text = { PLAIN: '\0nobody\0wrong', 'SCRAM-SHA-256': `n,,n=nobody,r=${script.name}`, EXTERNAL: '' }[mechanism];
  script.sasl(
    { type: 'sasl-init', mechanism, ...(text !== undefined && { initialResponse: encoder.encode(text) }) },
    script.oneIn(2) ? ['sasl-mechanisms'] : [],
  );
  script.now({ connection: 'START init' });
  if (!script.oneIn(3)) return;
  script.sasl({ type: 'sasl-response', response: encoder.encode('c=biws,r=none,p=AAAA') }, ['sasl-challenge|sasl-outcome']);
  script.now({ connection: 'START response' });
}

/** Open, waited for or not. */
export function opening(script: Script): void {
  const { random, name } = script;
  const hostname = random.oneIn(6) ? { hostname: 'localhost' } : {};
  script.say({ type: 'open', containerId: name, channelMax: 255, maxFrameSize: random.pick([512, 4096, 65536]), ...hostname }, headerAwaits(script));
  script.now({ connection: 'OPEN_PIPE' });
}

const headerAwaits = (script: Script) => (script.setting.pipelined === true ? {} : { awaits: ['header:amqp'] });

/** What is said next waits for the peer's open. */
export function opened(script: Script): readonly string[] {
  if (script.state.connection === 'OPENED') return [];
  script.now({ connection: 'OPENED' });
  return ['open'];
}

export function closing(script: Script): void {
  script.say({ type: 'close' }, script.state.connection === 'OPENED' ? {} : { awaits: opened(script) });
  script.now({ connection: 'CLOSE_SENT', session: '', link: '', delivery: '' });
}
