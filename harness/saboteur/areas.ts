/** Globs of checks that several faults may be felt by, by what those checks have in common. */

/** Every check: the fault takes away what all of them stand on. */
export const everywhere: readonly string[] = ['amqp091/**'];

/** They close a connection and wait for the end. */
export const closingConnections: readonly string[] = [
  'amqp091/exchange/auto-delete/{connection-closed,not-before}',
  'amqp091/ack/connection-closed',
  'amqp091/connection/*',
  'amqp091/framing/server-frames',
  'amqp091/methods/server-methods',
  'amqp091/open/sequence',
  'amqp091/queue/exclusive/gone-with-connection',
  'amqp091/{redelivery,tx}/*/connection-closed',
  'amqp091/single-active-consumer/{idle-leaves,connection-closed}',
];

/** They lose a connection, or end one in order, and look at what it leaves behind on another. */
export const leavings: readonly string[] = ['amqp091/{redelivery,tx}/*/{connection-*,relay-lost}'];

/** They close a channel and go on. */
export const closingChannels: readonly string[] = [
  'amqp091/{redelivery,consume}/**',
  'amqp091/{competition,flow,consumer-priority,single-active-consumer}/*',
  'amqp091/{ack,channel,reject,nack,get}/*',
  'amqp091/{consume,content,framing,methods,open}/*',
  'amqp091/{exchange,queue,permission,tx}/**',
  'amqp091/limits/stalls',
  'amqp091/confirm/sequence/reopened',
  'amqp091/recover/other-channel',
];

/** They ask for a queue that is not there, or no longer. */
export const missingQueues: readonly string[] = [
  'amqp091/channel/*',
  'amqp091/connection/discards-after-close',
  'amqp091/ack/channel-failed',
  'amqp091/{content,fields}/*',
  'amqp091/{queue,redelivery,tx,permission}/**',
  'amqp091/{virtual-host,single-active-consumer}/*',
];

/** A consumer gets messages. */
export const consumers: readonly string[] = [
  ...[
    'amqp091/{acknowledgement-timeout,competition,consumer-priority,per-consumer-prefetch,single-active-consumer,redelivery}/**',
    'amqp091/{recover-async,ack,nack}/*',
  ],
  'amqp091/{consume,deliver,qos}/**',
  'amqp091/{cancel,recover,flow,channel}/*',
  'amqp091/connection/close-with-open-channels',
  'amqp091/queue/**',
];

/** Messages are held for acknowledgement and come back. */
export const acknowledgements: readonly string[] = [
  'amqp091/{tx,redelivery,acknowledgement-timeout}/**',
  'amqp091/{competition,flow,consumer-priority,single-active-consumer}/*',
  'amqp091/{ack,reject,nack,recover,recover-async,get}/*',
  'amqp091/consume/*',
  'amqp091/queue/purge/*',
];

/** A message comes back in several body frames. */
export const largeBodies: readonly string[] = [
  'amqp091/{nack,reject}/while-sending',
  'amqp091/tx/publish/order-of-sizes',
  'amqp091/{content,framing,negotiation}/*',
  'amqp091/publish/content/*',
  'amqp091/deliver/{content,order-of-sizes}',
  'amqp091/fields/large-table',
  'amqp091/limits/*',
];

/** Messages are routed by an exchange of a type that is declared for it. */
export const exchanges: readonly string[] = [
  'amqp091/{exchange,routing,binding,exchange-binding,alternate-exchange}/**',
  'amqp091/confirm/**',
  'amqp091/{deliver,get}/origin',
  'amqp091/tx/{publish,others}/*',
  'amqp091/sender-selected/*',
  'amqp091/fields/long-short-string',
  'amqp091/publish/**',
];

/** A message without properties and body comes back. */
export const emptyMessages: readonly string[] = [
  'amqp091/{methods,content,flow,framing}/*',
  'amqp091/{field-types,limits}/*',
  'amqp091/{confirm,deliver,publish,tx}/**',
  'amqp091/routing/**',
  'amqp091/fields/long-short-string',
];

/** Exchanges are bound to each other, or have alternates. */
export const wiredExchanges: readonly string[] = ['amqp091/{exchange-binding,alternate-exchange}/**'];
