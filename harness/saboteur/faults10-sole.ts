import { unpunished10 } from './departures10.ts';
import { refusedConnection } from './refusals10.ts';
import { answer10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const alone = faultsIn('amqp10/sole-connection/**');
const capability = 'sole-connection-for-container';

/** The open of the server lacks a property. */
const without = (property: string) =>
  answer10('open', ({ fields, ...draft }) => {
    const { properties = [] } = fields;
    if (!properties.some(([name]) => name === property) || draft.frame.type !== 'amqp') return false;
    return { ...draft.frame, performative: { type: 'open' as const, ...fields, properties: properties.filter(([name]) => name !== property) } };
  });

/** One connection for each container. */
export const soleFaults10 = {
  'amqp10/sole-connection.offered:emit': [
    alone(
      'enforces one connection for a container and does not say that it can',
      answer10('open', draft => draft.with({ offeredCapabilities: (draft.fields.offeredCapabilities ?? []).filter(name => name !== capability) })),
    ),
  ],
  'amqp10/sole-connection.refused:enforce': [
    also(
      alone('keeps a second connection of a container', unpunished10({ scope: 'close', condition: 'amqp:invalid-field' })),
      'amqp10/{attach,begin,detach,disposition,error,flow,open,resume,transaction,transfer,types}/**',
    ),
  ],
  'amqp10/sole-connection.refusal-announced:emit': [alone('opens as usual where it refuses a container', without('amqp:connection-establishment-failed'))],
  'amqp10/sole-connection.existing-closed:enforce': [
    alone('keeps the former connection of a container', unpunished10({ scope: 'close', condition: 'amqp:resource-locked' })),
  ],
  'amqp10/sole-connection.existing-told:emit': [
    alone(
      'does not say why it closes the former connection of a container',
      answer10('close', draft => draft.fields.error?.info !== undefined && draft.with({ error: { ...draft.fields.error, info: undefined } })),
    ),
  ],
  'amqp10/sole-connection.detection:emit': [alone('does not say how well it detects', without('sole-connection-detection-policy'))],
  'amqp10/sole-connection.others:emit': [
    alone(
      'lets one container be alone of all',
      refusedConnection('amqp:invalid-field', 'open', ({ fields }, at) => at.connection > 1 && fields.desiredCapabilities?.includes(capability) === true),
    ),
  ],
} as const satisfies FaultTable;
