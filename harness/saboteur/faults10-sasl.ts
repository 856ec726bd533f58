import type { SaslCode } from '../spec/amqp10/conditions.ts';
import { protocolHeaders, saslBodyFrame } from '../wire/amqp10/codec.ts';
import { frameOf, replaced } from '../wire/amqp10/craft.ts';
import { broke10, heldOpen10 } from './departures10.ts';
import type { Conversation10, FrameSeam10, Passing10 } from './fault10.ts';
import { pardoned, type When10 } from './pardons10.ts';
import { answer10, type Draft10, either10, frames10, passing10, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const authenticating = faultsIn('amqp10/sasl/**');
const layering = faultsIn('amqp10/{sasl,tls,security,header}/**');
const everywhere = ['amqp10/**'];

/** TLS of the listener itself. */
const tls = (settings: Readonly<Record<string, unknown>>) => ({ kind: 'listener', settings: { tls: settings } }) as const;

const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);
const octets = (said: string): Uint8Array => new TextEncoder().encode(said);

/** What the client said last in the SASL layer. */
const saslLast = (is: (passing: Passing10, at: Conversation10) => boolean): When10 => {
  return at => {
    const last = at.previous('to-server');
    return last !== undefined && at.saslOutcome === undefined && is(last, at);
  };
};

/** The client is told that it was let in, whatever the server said, and the server's end is kept from it. */
function letIn(when: (at: Conversation10) => boolean): FrameSeam10 {
  return remembering10(() => {
    let lenient = false;
    const outcome = answer10('sasl-outcome', (draft, at) => {
      if (draft.fields.code === 'ok' || !when(at)) return false;
      lenient = true;
      return draft.with({ code: 'ok' });
    }).start();
    return frames10((seen, at) => (lenient && seen.direction === 'to-client' && seen.what === 'end' ? {} : outcome(seen, at)));
  });
}

/** The outcome has another code. */
const outcomeIs = (code: SaslCode, from: SaslCode): FrameSeam10 => answer10('sasl-outcome', draft => draft.fields.code === from && draft.with({ code }));

const isScram = (at: Conversation10): boolean => at.mechanism?.startsWith('SCRAM-') === true;

/** A message of SCRAM that the server sends, with one of its attributes changed. */
function scrammed(attribute: string, change: (value: string) => string): FrameSeam10 {
  return answer10('sasl-challenge', (draft, at) => {
    const parts = text(draft.fields.challenge).split(',');
    if (!isScram(at) || !parts.some(part => part.startsWith(`${attribute}=`))) return false;
    const changed = parts.map(part => (part.startsWith(`${attribute}=`) ? `${attribute}=${change(part.slice(2))}` : part));
    return draft.with({ challenge: octets(changed.join(',')) });
  });
}

/** The mechanism that the server does not offer, or did not announce. */
function isUnannounced({ fields }: Draft10<'sasl-init'>, at: Conversation10): boolean {
  const told = at.sasl('to-client');
  return told?.type === 'sasl-mechanisms' && !told.saslServerMechanisms.includes(fields.mechanism);
}

/** Whether the client's last SASL frame is that of a server, or out of its turn. */
const outOfRole: When10 = saslLast(
  last => last.what === 'frame' && last.frame.type === 'sasl' && !['sasl-init', 'sasl-response'].includes(last.frame.body.type),
);
const outOfTurn: When10 = saslLast((last, at) => {
  if (last.what !== 'frame' || last.frame.type !== 'sasl') return false;
  const asked = at.sasl('to-client')?.type;
  return (last.frame.body.type === 'sasl-response') !== (asked === 'sasl-challenge');
});
const failed: When10 = at => at.saslOutcome !== undefined && at.saslOutcome !== 'ok';
const bypasses: When10 = at => at.previous('to-server')?.what === 'frame' && at.performative('to-server') !== undefined && at.saslOutcome !== 'ok';
const isHeader = (id: number) => (bytes: Uint8Array) => bytes[4] === id;

const isSaslFrame = (seen: Passing10): boolean => seen.what === 'frame' && seen.frame.type === 'sasl';
const isHeaderOfSasl = (seen: Passing10): boolean => seen.what === 'header' && isHeader(3)(seen.bytes);

/** The SASL layer, its mechanisms, and TLS. */
export const saslFaults10 = {
  'amqp10/5.2.1.pure-tls:emit': [layering('speaks no version of TLS that anybody takes', tls({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }))],
  'amqp10/5.2.1.plaintext:enforce': [layering('answers AMQP without TLS on its port for TLS', tls({ terminated: true }))],
  'amqp10/5.1.layer-ended:emit': [layering('keeps the stream open when its security layer has ended', heldOpen10(failed))],
  'amqp10/5.1.layers-nested:emit': [
    layering(
      'takes no security layer over another',
      frames10((seen, at) =>
        seen.direction === 'to-server' && seen.what === 'header' && seen.bytes[4] === 3 && at.header['to-server'] === undefined
          ? { send: [protocolHeaders.amqp] }
          : 'pass',
      ),
      everywhere,
    ),
  ],
  'amqp10/5.2.header:enforce': [
    layering(
      'closes without a header where TLS is asked for',
      passing10('to-server', 'header', ({ bytes }) => isHeader(2)(bytes) && { finish: 'end' }),
    ),
  ],
  'amqp10/5.3.header:emit': [
    authenticating(
      'answers the header of SASL with that of AMQP',
      passing10('to-client', 'header', ({ bytes }) => isHeader(3)(bytes) && { send: [protocolHeaders.amqp] }),
      everywhere,
    ),
  ],
  'amqp10/5.3.required:enforce': [
    authenticating(
      'closes without a header where SASL is required',
      frames10((seen, at) =>
        seen.direction === 'to-server' && seen.what === 'header' && seen.bytes[4] === 0 && at.header['to-server'] === undefined ? { finish: 'end' } : 'pass',
      ),
      everywhere,
    ),
    authenticating(
      'answers the plain header with its like where SASL is required',
      passing10('to-client', 'header', (_header, at) => at.header['to-server']?.[4] === 0 && at.saslOutcome === undefined && { send: [protocolHeaders.amqp] }),
      everywhere,
    ),
  ],
  'amqp10/5.3.1.reserved-octets:emit': [
    authenticating(
      'sets octets of a SASL frame that mean nothing',
      saslFrames(bytes => replaced(bytes, 6, 0xde, 0xad)),
      everywhere,
    ),
  ],
  'amqp10/5.3.1.doff:emit': [
    authenticating(
      'puts an extended header into its SASL frames',
      saslFrames(bytes => frameOf(bytes.subarray(8), { type: 1, extendedHeader: new Uint8Array(4) })),
      everywhere,
    ),
  ],
  'amqp10/5.3.1.ignored:emit': [
    authenticating(
      'does not hear SASL frames with an extended header, or with octets set that mean nothing',
      frames10(seen => {
        const odd =
          seen.direction === 'to-server' &&
          seen.what === 'frame' &&
          seen.frame.type === 'sasl' &&
          ((seen.bytes[4] ?? 2) > 2 || seen.bytes[6] !== 0 || seen.bytes[7] !== 0);
        return odd ? {} : 'pass';
      }),
    ),
  ],
  'amqp10/5.3.1.size:emit': [
    authenticating(
      'announces its mechanisms in a frame of more than 512 octets',
      answer10('sasl-mechanisms', draft => draft.with({ saslServerMechanisms: [...draft.fields.saslServerMechanisms, 'X'.repeat(250), 'Y'.repeat(250)] })),
      everywhere,
    ),
  ],
  'amqp10/5.3.1.body:emit': [
    authenticating(
      'begins the SASL layer with a frame of an unknown body',
      answer10('sasl-mechanisms', draft => draft.precededBy(frameOf(Uint8Array.of(0, 0x53, 0x4f, 0x45), { type: 1 }))),
      everywhere,
    ),
  ],
  'amqp10/5.3.1.body:enforce': [authenticating('overlooks SASL frames of an unknown body', silenced(broke10('amqp10/5.3.1.body')))],
  'amqp10/5.3.1.empty:enforce': [authenticating('overlooks empty SASL frames', silenced(broke10('amqp10/5.3.1.empty')))],
  'amqp10/5.3.2.mechanisms-announced:emit': [
    authenticating(
      'says nothing of its mechanisms',
      answer10('sasl-mechanisms', draft => draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp10/5.3.2.mechanism-chosen:enforce': [
    authenticating(
      'lets in with a mechanism that it did not announce',
      letIn(at => !announced(at).includes(at.mechanism ?? '')),
    ),
    also(
      authenticating(
        'never answers a mechanism that it did not announce',
        silenced(at => init(at) !== undefined && !announced(at).includes(init(at) ?? '')),
      ),
      'amqp10/**',
    ),
  ],
  'amqp10/5.3.2.roles:emit': [
    authenticating(
      'sends an init, as a client would',
      answer10('sasl-mechanisms', draft => draft.followedBy({ type: 'sasl-init', mechanism: 'PLAIN' })),
      everywhere,
    ),
  ],
  'amqp10/5.3.2.roles:enforce': [authenticating('overlooks what only a server says', silenced(outOfRole))],
  'amqp10/5.3.2.sequence:emit': [
    authenticating(
      'tells the outcome before the client has chosen',
      answer10('sasl-mechanisms', draft => draft.followedBy({ type: 'sasl-outcome', code: 'ok' })),
      everywhere,
    ),
  ],
  'amqp10/5.3.2.sequence:enforce': [authenticating('overlooks what is out of turn', silenced(outOfTurn))],
  'amqp10/5.3.2.pipelined:emit': [
    authenticating('loses an init that comes in one piece with the header', lostBehind(isHeaderOfSasl, isSaslFrame)),
    authenticating(
      'loses a header that comes in one piece with the init',
      lostBehind(isSaslFrame, ({ what }) => what === 'header'),
    ),
  ],
  'amqp10/5.3.3.2.mechanism-unsupported:enforce': [
    authenticating(
      'takes a mechanism that it does not have for PLAIN',
      request10('sasl-init', (draft, at) => isUnannounced(draft, at) && draft.with({ mechanism: 'PLAIN' })),
    ),
    authenticating(
      'takes a mechanism that it does not have for ANONYMOUS',
      request10('sasl-init', (draft, at) => isUnannounced(draft, at) && draft.answered({ type: 'sasl-outcome', code: 'ok' })),
    ),
  ],
  'amqp10/5.3.3.3.challenge:emit': [
    authenticating(
      'sends challenges without data',
      answer10('sasl-challenge', draft => draft.lacking('challenge')),
    ),
  ],
  'amqp10/5.3.3.4.response:enforce': [
    also(
      authenticating('overlooks responses without data', silenced(broke10('amqp10/1.3.4.mandatory'))),
      'amqp10/{attach,begin,detach,disposition,error,flow,open,resume,transaction,transfer,types}/**',
    ),
  ],
  'amqp10/5.3.3.5.headers-again:emit': [
    authenticating(
      'goes on with frames behind the outcome, without a header',
      passing10('to-client', 'header', ({ bytes }, at) => at.saslOutcome === 'ok' && isHeader(0)(bytes) && {}),
      everywhere,
    ),
  ],
  'amqp10/5.3.3.5.headers-again:enforce': [also(authenticating('takes frames without a header behind the outcome', headerMadeUp()), 'amqp10/header/**')],
  'amqp10/5.3.3.5.code:emit': [
    authenticating(
      'tells outcomes without a code',
      answer10('sasl-outcome', draft => draft.lacking('code')),
      everywhere,
    ),
    authenticating('refuses who is to be let in', outcomeIs('auth', 'ok'), everywhere),
  ],
  'amqp10/5.3.3.5.closed-after-failure:emit': [authenticating('keeps the stream open behind an outcome that fails', heldOpen10(failed))],
  'amqp10/5.3.3.5.no-data-on-failure:emit': [
    authenticating(
      'tells in additional data why it failed',
      answer10('sasl-outcome', draft => draft.fields.code !== 'ok' && draft.with({ additionalData: octets('wrong password') })),
    ),
  ],
  'amqp10/5.3.3.6.auth:enforce': [
    authenticating(
      'lets in with a wrong password',
      letIn(() => true),
    ),
    authenticating('blames itself where the credentials are wrong', outcomeIs('sys-temp', 'auth')),
  ],
  'amqp10/5.3.bypassed:enforce': [
    also(authenticating('opens for who has not authenticated', openedAnyway()), 'amqp10/framing/**'),
    also(authenticating('never answers who goes past SASL', silenced(bypasses)), 'amqp10/framing/**'),
  ],
  'amqp10/sasl.plain:emit': [
    also(
      authenticating(
        'takes PLAIN only with an authorisation identity',
        plain(([identity]) => identity !== ''),
      ),
      'amqp10/**',
    ),
  ],
  'amqp10/sasl.plain:enforce': [
    authenticating(
      'lets a user act as another',
      letIn(at => asOther(at)),
    ),
    authenticating(
      'lets in whose PLAIN cannot be read',
      letIn(at => initial(at).split('\0').length !== 3),
    ),
  ],
  'amqp10/sasl.anonymous:emit': [
    authenticating(
      'refuses ANONYMOUS with a trace',
      request10(
        'sasl-init',
        draft =>
          draft.fields.mechanism === 'ANONYMOUS' &&
          (draft.fields.initialResponse ?? []).length > 0 && { back: [saslBodyFrame({ type: 'sasl-outcome', code: 'auth' })], finish: 'end' },
      ),
    ),
    authenticating(
      'refuses ANONYMOUS without a trace',
      request10(
        'sasl-init',
        draft =>
          draft.fields.mechanism === 'ANONYMOUS' &&
          (draft.fields.initialResponse ?? []).length === 0 && { back: [saslBodyFrame({ type: 'sasl-outcome', code: 'auth' })], finish: 'end' },
      ),
    ),
  ],
  'amqp10/sasl.external:emit': [
    authenticating(
      'refuses EXTERNAL in spite of the certificate',
      answer10('sasl-outcome', (draft, at) => at.mechanism === 'EXTERNAL' && draft.fields.code === 'ok' && draft.with({ code: 'auth' })),
      ['amqp10/{sasl,tls,security}/**'],
    ),
  ],
  'amqp10/sasl.external-refused:enforce': [
    authenticating(
      'lets in by EXTERNAL whoever asks',
      letIn(at => at.mechanism === 'EXTERNAL'),
      ['amqp10/{sasl,tls,security}/**'],
    ),
  ],
  'amqp10/sasl.scram:emit': [
    authenticating(
      'refuses SCRAM with the right password',
      answer10('sasl-outcome', (draft, at) => isScram(at) && draft.fields.code === 'ok' && draft.with({ code: 'auth' })),
    ),
  ],
  'amqp10/sasl.scram-server-first:emit': [
    authenticating(
      'answers SCRAM with a nonce of its own alone',
      scrammed('r', () => 'fyko+d2lbbFgONRv9qkxdawL'),
    ),
    authenticating(
      'answers SCRAM without a salt',
      scrammed('s', () => ''),
    ),
  ],
  'amqp10/sasl.scram-iterations:emit': [
    authenticating(
      'asks for 1024 iterations of SCRAM',
      scrammed('i', () => '1024'),
    ),
  ],
  'amqp10/sasl.scram-server-final:emit': [
    authenticating(
      'proves itself by a wrong signature of SCRAM',
      either10(
        scrammed('v', () => 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='),
        unsigned(true),
      ),
    ),
    authenticating('does not prove itself in SCRAM', unsigned(false)),
  ],
  'amqp10/sasl.scram-wrong-proof:enforce': [authenticating('lets in by SCRAM with a wrong proof', letIn(isScram))],
  'amqp10/sasl.scram-unknown-user:enforce': [
    authenticating(
      'tells at once that a user of SCRAM is not there',
      request10('sasl-init', draft => {
        const unknown = draft.fields.mechanism.startsWith('SCRAM-') && !/n=guest(,|$)/.test(text(draft.fields.initialResponse ?? new Uint8Array(0)));
        return unknown && { back: [saslBodyFrame({ type: 'sasl-outcome', code: 'sys-perm' })], finish: 'end' };
      }),
    ),
  ],
  'amqp10/sasl.scram-malformed:enforce': [authenticating('lets in by SCRAM whose messages cannot be read', letIn(isScram))],
} as const satisfies FaultTable;

/** What the client says at the same moment as something before it never arrives. */
function lostBehind(first: (seen: Passing10) => boolean, then: (seen: Passing10) => boolean): FrameSeam10 {
  return remembering10(() => {
    let saidAt = Number.NEGATIVE_INFINITY;
    return frames10((seen, at) => {
      if (seen.direction !== 'to-server') return 'pass';
      if (then(seen) && at.now - saidAt < 1) return {};
      if (first(seen)) saidAt = at.now;
      return 'pass';
    });
  });
}

/** Whatever the server answers to this, in the SASL layer too, the client hears nothing of it. */
function silenced(when: When10): FrameSeam10 {
  return either10(
    answer10('sasl-outcome', (draft, at) => when(at) && draft.swallowed()),
    pardoned(when),
  );
}

function announced(at: Conversation10): readonly string[] {
  const told = at.sasl('to-client');
  return told?.type === 'sasl-mechanisms' ? told.saslServerMechanisms : [];
}

/** The mechanism of the client's last frame, an init. */
function init(at: Conversation10): string | undefined {
  const said = at.sasl('to-server');
  return said?.type === 'sasl-init' ? said.mechanism : undefined;
}

function initial(at: Conversation10): string {
  const said = at.sasl('to-server');
  return said?.type === 'sasl-init' && said.mechanism === 'PLAIN' ? text(said.initialResponse ?? new Uint8Array(0)) : '\0\0';
}

function asOther(at: Conversation10): boolean {
  const [identity = '', user] = initial(at).split('\0');
  return identity !== '' && identity !== user;
}

/** Refuses who logs in by PLAIN otherwise than so. */
function plain(is: (parts: readonly string[]) => boolean): FrameSeam10 {
  return request10('sasl-init', draft => {
    const parts = text(draft.fields.initialResponse ?? new Uint8Array(0)).split('\0');
    const refused = draft.fields.mechanism === 'PLAIN' && parts.length === 3 && !is(parts);
    return refused && { back: [saslBodyFrame({ type: 'sasl-outcome', code: 'auth' })], finish: 'end' };
  });
}

/** The SASL frames of the server in other octets. */
function saslFrames(change: (bytes: Uint8Array) => Uint8Array): FrameSeam10 {
  return passing10('to-client', 'frame', ({ frame, bytes }) => frame.type === 'sasl' && { send: [change(bytes)] });
}

/** A frame that comes behind the outcome without a header gets one. */
function headerMadeUp(): FrameSeam10 {
  return remembering10(() => {
    let made = false;
    return passing10('to-server', 'frame', ({ frame, bytes }, at) => {
      if (made || frame.type !== 'amqp' || at.saslOutcome !== 'ok' || at.header['to-server']?.[4] !== 3) return false;
      made = true;
      return { send: [protocolHeaders.amqp, bytes] };
    });
  });
}

/** Who opens a connection without a successful outcome hears an open. */
function openedAnyway(): FrameSeam10 {
  return remembering10(() => {
    let lenient = false;
    return frames10((seen, at) => {
      if (
        seen.direction === 'to-server' &&
        seen.what === 'frame' &&
        seen.frame.type === 'amqp' &&
        seen.frame.performative?.type === 'open' &&
        at.saslOutcome !== 'ok' &&
        at.header['to-client']?.[4] === 3
      ) {
        lenient = true;
        return { back: [{ type: 'amqp', channel: 0, performative: { type: 'open', containerId: 'open to all' }, payload: new Uint8Array(0) }] };
      }
      return lenient ? {} : 'pass';
    });
  });
}

/** The additional data of a successful SCRAM is another signature, or none. */
function unsigned(wrong: boolean): FrameSeam10 {
  return answer10('sasl-outcome', (draft, at) => {
    if (!isScram(at) || draft.fields.code !== 'ok' || draft.fields.additionalData === undefined) return false;
    return draft.with({ additionalData: wrong ? octets('v=AAAA') : undefined });
  });
}
