import { lastSaid, misconditioned, unpunished10 } from './departures10.ts';
import type { Message10 } from './messages10.ts';
import { refusedLink } from './refusals10.ts';
import { asked10, rebodied, restatus, uncorrelated } from './requests10.ts';
import { remembering10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const claiming = faultsIn('amqp10/cbs/**');
const refusals = ['amqp10/{cbs,error,attach,source,target,management,http-management,security}/**'];

/** The token that a request puts, with other claims. */
function reclaimed(message: Message10, claims: Readonly<Record<string, unknown>>): Message10 | false {
  return rebodied(message, body => {
    if (body.type !== 'string' || !body.value.startsWith('{')) return false;
    return { type: 'string', value: JSON.stringify({ ...(JSON.parse(body.value) as object), ...claims }) };
  });
}

const puts = { verb: 'put-token' } as const;

/** Claims-based security. */
export const claimsFaults10 = {
  'amqp10/cbs.attach:emit': [
    claiming(
      'has no node for tokens',
      refusedLink('amqp:not-found', ({ target, source }) => [target, source].some(each => each !== undefined && 'address' in each && each.address === '$cbs')),
    ),
  ],
  'amqp10/cbs.put-token:emit': [claiming('answers a token that holds with a failure', restatus(puts, 202, 500))],
  'amqp10/cbs.rights:emit': [
    claiming(
      'lets read whoever has a token',
      asked10(puts, message => reclaimed(message, { read: '.*' })),
    ),
  ],
  'amqp10/cbs.invalid-token:enforce': [claiming('says of every token that it holds', restatus(puts, 401, 202))],
  'amqp10/cbs.malformed-request:enforce': [
    also(claiming('answers a request without an operation with a success', restatus({ when: ({ type }) => type !== '' }, 400, 202)), 'amqp10/management/**'),
    also(claiming('answers every operation with a success', restatus({}, 501, 202)), 'amqp10/management/**'),
  ],
  'amqp10/cbs.without-token:enforce': [
    claiming(
      'tells not-found where a token is lacking',
      misconditioned('amqp:not-found', { condition: 'amqp:unauthorized-access', scope: 'detach' }),
      refusals,
    ),
  ],
  'amqp10/cbs.expired:enforce': [
    claiming(
      'lets links stand when their token has expired',
      unpunished10({ condition: 'amqp:unauthorized-access', when: (at, failure) => lastSaid(at, failure)?.type !== 'attach' }),
      refusals,
    ),
  ],
  'amqp10/cbs.renewed:emit': [
    claiming(
      'goes by the life of the first token when another takes its place',
      remembering10(() => {
        let lifeMs: number | undefined;
        return asked10(puts, message =>
          rebodied(message, body => {
            if (body.type !== 'string' || !body.value.startsWith('{')) return false;
            const claims = JSON.parse(body.value) as { readonly lifeMs?: number };
            lifeMs ??= claims.lifeMs;
            return lifeMs !== undefined && { type: 'string', value: JSON.stringify({ ...claims, lifeMs }) };
          }),
        );
      }),
    ),
  ],
  'amqp10/cbs.reply:emit': [claiming('does not say which put-token it answers', uncorrelated(puts))],
} as const satisfies FaultTable;
