import { answer10, bodyOf, piece10 } from '../../saboteur/rewrites10.ts';
import type { SaslCode } from '../../spec/amqp10/conditions.ts';
import { arrayOf, codeOf, compositeAs, frameOf, valueAs, variableOf } from '../../wire/amqp10/craft.ts';
import { alone, type Behind, case10, departs, drops, goesOn } from './words.ts';

const nothing = new Uint8Array(0);
const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);
const saslAsked = 'a request for SASL';
const plain = variableOf('symbol', text('PLAIN'));

/** A failed outcome, behind which the server ends the stream. */
function outcome(code: Exclude<SaslCode, 'ok'>, words: string) {
  return case10({
    id: `sasl/outcome-${code}`,
    title: `An outcome of ${words} ends the client's connection, and not its wits`,
    duties: ['amqp10/5.3.3.5.headers-again:client-emit'],
    needs: 'connect',
    trigger: saslAsked,
    legal: [goesOn, drops],
    lawful: true,
    ends: true,
    seam: departs(
      answer10('sasl-outcome', draft => ({ send: [draft.with({ code })], finish: 'end' })),
      alone(),
    ),
  });
}

/** The response to a challenge that the mechanism knows nothing of is taken, and the outcome is ok. */
const letIn: Behind = () => {
  let done = false;
  return seen => {
    if (done || seen.direction === 'to-client' || bodyOf(seen)?.type !== 'sasl-response') return 'pass';
    done = true;
    return { back: [piece10({ type: 'sasl-outcome', code: 'ok' }, 0)] };
  };
};

const foreign = frameOf(compositeAs('open', { containerId: 'here' }), { type: 1 });

/** The SASL layer: section 5.3. */
export const saslCases = [
  case10({
    id: 'sasl/mechanisms-unknown',
    title: 'Where no mechanism is known to it, the client chooses none',
    duties: ['amqp10/5.3.2.mechanism-chosen:client-emit'],
    needs: 'connect',
    trigger: `${saslAsked} that waits for the announcement`,
    legal: [drops],
    lawful: true,
    seam: departs(
      answer10('sasl-mechanisms', (draft, at) => at.mechanism === undefined && draft.with({ saslServerMechanisms: ['X-NEVER-HEARD-OF'] })),
      scene => {
        const then = alone()(scene);
        return (seen, at) => {
          const body = bodyOf(seen);
          if (body?.type === 'sasl-init')
            scene.broke('amqp10/5.3.2.mechanism-chosen:client-emit', `it chose ${body.mechanism.slice(0, 40)}, which was not announced`);
          return then(seen, at);
        };
      },
    ),
  }),
  case10({
    id: 'sasl/mechanisms-single',
    title: 'One mechanism without an array around it is announced as well',
    duties: ['amqp10/1.3.4.single-value:client-emit'],
    needs: 'connect',
    stayMs: 5000,
    until: 'open',
    trigger: saslAsked,
    seam: departs(answer10('sasl-mechanisms', draft => draft.as({ fields: { saslServerMechanisms: plain } }))),
  }),
  case10({
    id: 'sasl/mechanisms-wide',
    title: 'Mechanisms in an array and symbols of four octets of size are read as any others',
    duties: ['amqp10/1.2.any-encoding:client-emit', 'amqp10/1.6.24.array:client-emit', 'amqp10/1.6.21.symbol:client-emit'],
    needs: 'connect',
    stayMs: 5000,
    until: 'open',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-mechanisms', draft => {
        const names = draft.fields.saslServerMechanisms.map(name => valueAs({ type: 'symbol', value: name }, 'sym32').subarray(1));
        return draft.as({ wide: true, descriptor: 'sym32', fields: { saslServerMechanisms: arrayOf(codeOf('symbol', 'sym32'), names, { wide: true }) } });
      }),
    ),
  }),
  case10({
    id: 'sasl/mechanisms-none',
    title: 'An announcement of no mechanisms at all makes the client close the socket',
    duties: ['amqp10/1.3.4.multiple-mandatory:client-enforce'],
    needs: 'connect',
    trigger: saslAsked,
    legal: [drops],
    seam: departs(
      answer10('sasl-mechanisms', (draft, at) => at.mechanism === undefined && draft.as({ fields: { saslServerMechanisms: Uint8Array.of(0x40) } })),
      alone(),
    ),
  }),
  outcome('auth', 'a failed authentication'),
  outcome('sys', 'a failed system'),
  outcome('sys-perm', 'a failure that lasts'),
  outcome('sys-temp', 'a failure that passes'),
  case10({
    id: 'sasl/outcome-unknown',
    title: 'An outcome with a code that there is not makes the client close the socket',
    duties: ['amqp10/5.3.3.5.code:client-enforce'],
    needs: 'connect',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-outcome', draft => draft.as({ fields: { code: Uint8Array.of(0x50, 9) } })),
      alone(),
    ),
  }),
  case10({
    id: 'sasl/outcome-without-code',
    title: 'An outcome without a code makes the client close the socket',
    duties: ['amqp10/5.3.3.5.code:client-enforce'],
    needs: 'connect',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-outcome', draft => draft.as({ fields: { code: Uint8Array.of(0x40) } })),
      alone(),
    ),
  }),
  case10({
    id: 'sasl/challenge-unasked',
    title: 'A challenge in a mechanism that has none is answered, or ends the connection',
    duties: ['amqp10/5.3.2.sequence:client-emit'],
    needs: 'connect',
    stayMs: 5000,
    until: 'open',
    trigger: saslAsked,
    legal: [goesOn, drops],
    lawful: false,
    seam: departs(
      answer10('sasl-outcome', () => ({ send: [piece10({ type: 'sasl-challenge', challenge: nothing }, 0)] })),
      letIn,
    ),
  }),
  case10({
    id: 'sasl/challenge-without-data',
    title: 'A challenge without data makes the client close the socket',
    duties: ['amqp10/5.3.3.3.challenge:client-enforce'],
    needs: 'connect',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-outcome', () => ({ send: [frameOf(compositeAs('sasl-challenge', {}, { trailing: 1 }), { type: 1 })] })),
      alone(),
    ),
  }),
  case10({
    id: 'sasl/extended-header',
    title: 'An extended header and octets 6 and 7 of a SASL frame are not looked at',
    duties: ['amqp10/5.3.1.ignored:client-emit'],
    needs: 'connect',
    stayMs: 5000,
    until: 'open',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-mechanisms', ({ fields }) =>
        frameOf(compositeAs('sasl-mechanisms', fields), { type: 1, channel: 0x7a7a, extendedHeader: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }),
      ),
    ),
  }),
  case10({
    id: 'sasl/empty-frame',
    title: 'An empty SASL frame makes the client close the socket',
    duties: ['amqp10/5.3.1.empty:client-enforce'],
    needs: 'connect',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-mechanisms', () => frameOf(nothing, { type: 1 })),
      alone(),
    ),
  }),
  case10({
    id: 'sasl/foreign-body',
    title: 'A SASL frame with a performative in it makes the client close the socket',
    duties: ['amqp10/5.3.1.body:client-enforce'],
    needs: 'connect',
    trigger: saslAsked,
    seam: departs(
      answer10('sasl-outcome', () => foreign),
      alone(),
    ),
  }),
  case10({
    id: 'sasl/after-open',
    title: 'A SASL frame on an open connection closes it with a framing error',
    duties: ['amqp10/2.3.1.type:client-enforce'],
    needs: 'channel',
    seam: departs(
      answer10('begin', draft => draft.followedBy(piece10({ type: 'sasl-outcome', code: 'ok' }, 0))),
      alone(),
    ),
  }),
];
