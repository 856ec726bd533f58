import { describe, expect, test } from 'vitest';
import { classes, type MethodName } from '../../spec/amqp091/classes.ts';
import { methodNames } from '../../wire/amqp091/method.ts';
import { methodFacts } from './method-facts.ts';
import { limits, octetsOf, reached } from './recorded.test-kit.ts';
import { type ChannelState, type ConnectionState, channelTransitions, connectionTransitions } from './transitions.ts';
import type { Exception, Role } from './vocabulary.ts';

const roles: readonly Role[] = ['client', 'server'];
const other = (role: Role): Role => (role === 'client' ? 'server' : 'client');
const automatic = { closeOk: false, flowOk: false, heartbeats: false };

/** What each state takes from each side, said once more by hand: connection methods only. */
const connectionLegal: Readonly<Record<string, readonly string[]>> = {
  'header server': ['start'],
  'start client': ['start-ok'],
  'start-ok server': ['secure', 'tune', 'close'],
  'secure client': ['secure-ok'],
  'secure-ok server': ['secure', 'tune', 'close'],
  'tune client': ['tune-ok'],
  'tune-ok client': ['open'],
  'open client': ['close'],
  'open server': ['open-ok', 'close'],
  'open-ok client': ['close', 'update-secret'],
  'open-ok server': ['close', 'blocked', 'unblocked', 'update-secret-ok'],
  'client-close server': ['close', 'close-ok'],
  'server-close client': ['close', 'close-ok'],
  'both-close client': ['close-ok'],
  'both-close server': ['close-ok'],
};

const connectionStates = Object.keys(connectionTransitions).filter(state => state !== 'initial' && state !== 'closed') as Exclude<
  ConnectionState,
  'initial' | 'closed'
>[];
const bareStates: ReadonlySet<ConnectionState> = new Set(['header', 'start', 'start-ok', 'secure', 'secure-ok', 'tune', 'tune-ok']);

describe.each(roles)('what a %s makes of every method', role => {
  const peer = other(role);

  test.each(connectionStates)('in connection state %s', state => {
    for (const name of methodNames.filter(each => methodFacts(each).level === 'connection')) {
      const it = reached({ role, automatic }, state);
      it.machine.receive(octetsOf(0, name), 1);
      const came = it.events.map(event => (event.kind === 'violation' ? answerOf(event.answer) : event.kind));
      expect({ name, came, said: it.said(), closed: it.closed }).toEqual({ name, ...expectedOnConnection(name, state, role) });
    }
  });

  test.each(Object.keys(channelTransitions) as ChannelState[])('in channel state %s', state => {
    const weClosed = state === `${role}-close` || state === 'both-close';
    for (const name of methodNames.filter(each => methodFacts(each).level !== 'connection')) {
      const it = reached({ role, automatic }, 'open-ok', state);
      it.machine.receive(octetsOf(1, name), 1);
      expect({ name, came: it.heard() }).toEqual({ name, came: expectedOnChannel(name, state, peer, weClosed) });
    }
  });
});

function answerOf(answer: Exception | 'bare-close' | 'header-then-close'): string | number {
  return typeof answer === 'string' ? answer : answer.code;
}

function expectedOnConnection(
  name: MethodName,
  state: ConnectionState,
  role: Role,
): { came: readonly (string | number)[]; said: readonly string[]; closed?: 'flush' } {
  const weClosed = state === `${role}-close` || state === 'both-close';
  if ((connectionLegal[`${state} ${other(role)}`] ?? []).includes(name.slice('connection.'.length))) return { came: ['method'], said: [] };
  if (weClosed) return { came: name === 'connection.close' || name === 'connection.close-ok' ? [503] : [], said: [] };
  if (bareStates.has(state)) return { came: ['bare-close'], said: [], closed: 'flush' };
  return { came: [503], said: state === 'open' || state === 'open-ok' ? ['0 connection.close'] : [] };
}

/** Said by hand once more: the channel's life as 2.2.5 and the grammar of class channel have it. */
function expectedOnChannel(name: MethodName, state: ChannelState, peer: Role, weClosed: boolean): readonly string[] {
  const facts = methodFacts(name);
  const taken = facts.content ? [] : [`1 ${name}`];
  const theirs = `${peer}-close`;
  if (weClosed) {
    if (name === 'channel.close-ok') return [`1 ${name}`];
    if (name !== 'channel.close') return [];
    return state === 'both-close' ? ['violation amqp091/channel.not-open'] : [`1 ${name}`];
  }
  if (!facts[peer]) return ['violation amqp091/4.2.4.method-direction'];
  if (state === 'closed') return name === 'channel.open' ? taken : ['violation amqp091/channel.not-open'];
  if (name === 'channel.open') return ['violation amqp091/channel.open.state'];
  if (state === theirs) return ['violation amqp091/channel.not-open'];
  if (name === 'channel.flow-ok' && !(state === 'opening' && peer === 'server')) return ['violation amqp091/channel.unsolicited-reply'];
  if (name === 'channel.close-ok') return ['violation amqp091/channel.unsolicited-reply'];
  if (state === 'open') return name === 'channel.open-ok' ? ['violation amqp091/channel.unsolicited-reply'] : taken;
  if (peer === 'client' || name === 'channel.open-ok' || name === 'channel.close') return taken;
  return name.startsWith('channel.') ? ['violation amqp091/channel.unsolicited-reply'] : ['violation amqp091/channel.not-open'];
}

describe('where a method travels', () => {
  test.each(methodNames.filter(name => name.startsWith('connection.')))('%s off channel 0 is 503', name => {
    const it = reached({ role: 'server' }, 'open-ok', 'open');
    it.machine.receive(octetsOf(1, name), 1);
    expect(it.heard()).toEqual(['violation amqp091/4.2.3.channel-zero']);
    expect(it.methods()).toMatchObject([{ name: 'connection.close', args: { replyCode: 503, classId: classes.connection.id } }]);
  });

  test.each(methodNames.filter(name => !name.startsWith('connection.')))('%s on channel 0 is 504', name => {
    const it = reached({ role: 'server' }, 'open-ok', 'open');
    it.machine.receive(octetsOf(0, name), 1);
    expect(it.heard()).toEqual(['violation amqp091/4.2.3.channel-number']);
    expect(it.methods()).toMatchObject([{ name: 'connection.close', args: { replyCode: 504 } }]);
  });

  test('a channel above channel-max', () => {
    const it = reached({ role: 'server' });
    it.machine.receive(octetsOf(limits.channelMax, 'channel.open'), 1);
    expect(it.heard()).toEqual([`${limits.channelMax} channel.open`]);
    it.machine.receive(octetsOf(limits.channelMax + 1, 'channel.open'), 1);
    expect(it.heard()).toEqual(['violation amqp091/connection.tune.channel-max']);
  });
});
